package replay

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/skygate-io/skygate/pkg/aircraft"
)

// maxFrame is the largest frame, in bytes. The largest real ones (a whole
// network's aircraft) have 10 MB.
const maxFrame = 64 << 20

// errTooLarge is for one frame; those after it can be read.
var errTooLarge = fmt.Errorf("a frame of more than %d MiB", maxFrame>>20)

// frames are the frames of a recording, in the order in which they are played.
type frames interface {
	// next gives the next frame, valid until it is called again. At the end the
	// error is io.EOF; after errTooLarge there may be more, after others not.
	next() ([]byte, error)
	io.Closer
}

// open opens a recording.
func open(path string) (frames, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return openFolder(path)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	in, err := newStream(file, maxFrame)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	in.Closer = file
	return in, nil
}

// folder is the history of a receiver.
type folder struct {
	paths []string // in the order of their times
}

func openFolder(path string) (*folder, error) {
	paths, err := filepath.Glob(filepath.Join(escapeGlob(path), "history_*.json*"))
	if err != nil {
		return nil, err
	}
	type entry struct {
		path     string
		recorded int64
	}
	var entries []entry
	for _, p := range paths {
		body, err := readFile(p)
		if err != nil || !isEmpty(body) { // what cannot be read is met, and counted, when it is played
			entries = append(entries, entry{p, recordedAt(body)})
		}
	}
	slices.SortStableFunc(entries, func(a, b entry) int { return int(min(1, max(-1, a.recorded-b.recorded))) })
	f := &folder{}
	for _, e := range entries {
		f.paths = append(f.paths, e.path)
	}
	return f, nil
}

// escapeGlob makes a path match itself.
func escapeGlob(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

func (f *folder) next() ([]byte, error) {
	if len(f.paths) == 0 {
		return nil, io.EOF
	}
	path := f.paths[0]
	f.paths = f.paths[1:]
	body, err := readFile(path)
	if err != nil && !errors.Is(err, errTooLarge) {
		return body, nil // the decoder tells what is wrong with it
	}
	return body, err
}

func (f *folder) Close() error { return nil }

// readFile gives a file, or what could be read of it and an error.
func readFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	in, err := uncompressed(file)
	if err != nil {
		return nil, err
	}
	return readAll(nil, in, maxFrame)
}

func readAll(start []byte, in io.Reader, limit int) ([]byte, error) {
	b := bytes.NewBuffer(start)
	_, err := b.ReadFrom(io.LimitReader(in, int64(limit-len(start)+1)))
	if b.Len() > limit {
		return nil, errTooLarge
	}
	return b.Bytes(), err
}

// uncompressed tells gzip by its first bytes, not by a name.
func uncompressed(in io.Reader) (*bufio.Reader, error) {
	plain := bufio.NewReaderSize(in, 64<<10)
	if magic, _ := plain.Peek(2); string(magic) != "\x1f\x8b" {
		return plain, nil
	}
	z, err := gzip.NewReader(plain)
	if err != nil {
		return nil, err
	}
	return bufio.NewReaderSize(z, 64<<10), nil
}

// isFrame says whether this is one whole aircraft.json.
func isFrame(body []byte) bool {
	return json.Valid(body) && list(body).Exists()
}

// isEmpty says whether there is no aircraft in this, nor damage.
func isEmpty(body []byte) bool {
	l := list(body)
	return len(bytes.TrimSpace(body)) == 0 || l.IsArray() && l.Get("#").Int() == 0
}

func list(body []byte) gjson.Result {
	if l := gjson.GetBytes(body, "aircraft"); l.Exists() {
		return l
	}
	return gjson.GetBytes(body, "ac")
}

// recordedAt is when a frame was written, in unix milliseconds; 0 when it does
// not say.
func recordedAt(body []byte) int64 {
	return aircraft.UnixMilli(gjson.GetBytes(body, "now").Raw)
}
