package replay

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
)

// stream is a file: one frame, or lines of them.
type stream struct {
	io.Closer // nil when the file is another's

	in     *bufio.Reader
	limit  int      // of a frame, in bytes
	ready  []result // what next gives before it reads on
	buffer []byte   // of the line that was read last
}

type result struct {
	body []byte
	err  error
}

// newStream finds out what a file holds: lines, when the first or the second is
// a frame of its own (the other may be damaged), else one frame. Blank lines do
// not count.
func newStream(file io.Reader, limit int) (*stream, error) {
	in, err := uncompressed(file)
	if err != nil {
		return nil, err
	}
	s := &stream{in: in, limit: limit}
	for range 2 {
		line, err := s.readLine()
		s.ready = append(s.ready, result{bytes.Clone(line), err})
		if isFrame(line) || errors.Is(err, errTooLarge) {
			return s, nil
		}
		if err != nil {
			break
		}
	}
	s.ready = []result{s.wholeFrom(s.ready)}
	return s, nil
}

// wholeFrom reads the rest of the file behind the lines that were read.
func (s *stream) wholeFrom(lines []result) result {
	var start []byte
	for _, l := range lines {
		start = append(append(start, l.body...), '\n')
	}
	whole, err := readAll(start, s.in, s.limit)
	if errors.Is(err, errTooLarge) {
		s.in = bufio.NewReader(strings.NewReader("")) // its rest is nothing
		return result{nil, err}
	}
	if whole = bytes.TrimSpace(whole); len(whole) == 0 {
		return lines[len(lines)-1]
	}
	return result{whole, nil} // a reading error comes again with the next line
}

func (s *stream) next() ([]byte, error) {
	if len(s.ready) > 0 {
		r := s.ready[0]
		s.ready = s.ready[1:]
		return r.body, r.err
	}
	return s.readLine()
}

// readLine gives the next line that is not blank. An error comes after what
// could be read before it.
func (s *stream) readLine() ([]byte, error) {
	for {
		line, err := s.readRawLine()
		if line = bytes.TrimSpace(line); len(line) > 0 {
			return line, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

func (s *stream) readRawLine() ([]byte, error) {
	s.buffer = s.buffer[:0]
	for tooLarge := false; ; {
		part, err := s.in.ReadSlice('\n')
		if len(s.buffer)+len(part) > s.limit {
			tooLarge, s.buffer = true, s.buffer[:0]
		}
		if !tooLarge {
			s.buffer = append(s.buffer, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case tooLarge:
			return nil, errTooLarge
		default:
			return s.buffer, err
		}
	}
}
