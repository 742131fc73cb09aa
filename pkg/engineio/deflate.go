package engineio

import (
	"bytes"
	"compress/flate"
	"io"
	"strings"
	"sync"

	"github.com/gobwas/httphead"
	"github.com/gobwas/ws/wsflate"
)

// deflateTail ends each flush of a compressor and is not sent (RFC 7692, 7.2.1);
// for reading, an empty final block after it ends the stream.
const (
	deflateTail = "\x00\x00\xff\xff"
	inflateTail = deflateTail + "\x01\x00\x00\xff\xff"
)

// A compressor holds several hundred kilobytes: they are shared by all
// connections, which the negotiated "no context takeover" makes possible.
var (
	deflaters = sync.Pool{New: func() any {
		w, err := flate.NewWriter(nil, 3)
		if err != nil {
			panic(err) // the level is a constant
		}
		return w
	}}
	inflaters = sync.Pool{New: func() any { return flate.NewReader(nil) }}
)

func deflate(data []byte) []byte {
	var b bytes.Buffer
	w := deflaters.Get().(*flate.Writer)
	defer deflaters.Put(w)
	w.Reset(&b)
	// Writing to a bytes.Buffer does not fail.
	_, _ = w.Write(data)
	_ = w.Flush()
	return bytes.TrimSuffix(b.Bytes(), []byte(deflateTail))
}

// inflate refuses what grows beyond limit bytes, having made no more of it.
func inflate(data []byte, limit int) ([]byte, error) {
	r := inflaters.Get().(io.ReadCloser)
	defer inflaters.Put(r)
	source := io.MultiReader(bytes.NewReader(data), strings.NewReader(inflateTail))
	if err := r.(flate.Resetter).Reset(source, nil); err != nil {
		return nil, errBadDeflate
	}
	out, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	switch {
	case len(out) > limit:
		return nil, errTooBig
	case err != nil:
		return nil, errBadDeflate
	}
	return out, nil
}

// negotiateDeflate accepts one offer of permessage-deflate without context
// takeover. An offer that it cannot read or honour is passed over.
func negotiateDeflate(e *wsflate.Extension) func(httphead.Option) (httphead.Option, error) {
	e.Parameters = wsflate.Parameters{ServerNoContextTakeover: true, ClientNoContextTakeover: true}
	return func(offer httphead.Option) (httphead.Option, error) {
		accepted, err := e.Negotiate(offer)
		if err != nil {
			return httphead.Option{}, nil
		}
		return accepted, nil
	}
}
