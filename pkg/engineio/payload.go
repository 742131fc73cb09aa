package engineio

import (
	"bytes"
	"encoding/base64"
	"unicode/utf8"
)

// separator stands between the packets of a polling payload. It cannot be part
// of one: JSON escapes it.
const separator = 0x1e

// decodePayload gives the packets of a polling body to f in order, until one is
// wrong or f says so. They are parts of body, each with no room to grow.
func decodePayload(body []byte, f func(packet []byte, binary bool) error) error {
	if !utf8.Valid(body) {
		return errBadUTF8
	}
	for {
		packet, rest, more := bytes.Cut(body, []byte{separator})
		packet = packet[:len(packet):len(packet)]
		binary := len(packet) > 0 && packet[0] == packetBinary
		if binary {
			var err error
			if packet, err = decodeBase64(packet[1:]); err != nil {
				return errBadPacket
			}
		}
		if err := f(packet, binary); err != nil {
			return err
		}
		if !more {
			return nil
		}
		body = rest
	}
}

// decodeBase64 works in place. Padding may be absent: some clients leave it out.
// Lines may be broken: the Java client does that.
func decodeBase64(data []byte) ([]byte, error) {
	if bytes.IndexByte(data, '\n') >= 0 {
		data = bytes.ReplaceAll(bytes.ReplaceAll(data, []byte("\r"), nil), []byte("\n"), nil)
	}
	encoding := base64.StdEncoding
	if len(data)%4 != 0 {
		encoding = base64.RawStdEncoding
	}
	n, err := encoding.Decode(data, data)
	return data[:n:n], err
}
