// Package rulestore keeps alert rules in a file: one JSON document, that an
// operator can read and copy.
//
// What is saved is written to a file beside it, synced to the disk and then put in
// its place, so that there is always a whole document, the old one or the new. A
// file that cannot be read as one is never overwritten: who has damaged it by hand
// can mend it.
package rulestore

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/skygate-io/skygate/pkg/rules"
)

// maxBytes is more than the most rules there may be, each as long as may be, take in practice.
const maxBytes = 256 << 20

// Config says where the rules are kept.
type Config struct {
	// Path is the file; it need not exist, but its folder must. "" (the default)
	// keeps the rules in memory alone. Processes with redis keep them there, in common;
	// then the file is only read: its rules are the first of a cluster that never had any.
	Path string `koanf:"path"`
}

// DefaultConfig keeps nothing.
func DefaultConfig() Config { return Config{} }

// Validate names the first value that cannot be.
func (c Config) Validate() error {
	if c.Path == "" {
		return nil
	}
	if info, err := os.Stat(c.Path); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("path: %s is no file", c.Path)
	}
	if info, err := os.Stat(filepath.Dir(c.Path)); err != nil || !info.IsDir() {
		return fmt.Errorf("path: there is no folder %s; make it, or choose another", filepath.Dir(c.Path))
	}
	return nil
}

// Store is a file of rules. Use [New]. It is used by one at a time, and no other
// process may use the file meanwhile.
type Store struct {
	path string
	// whole says that the file is absent, or has been read or written as a whole.
	whole bool
}

var _ rules.Store = (*Store)(nil)

// New gives a store of a file, which it does not open yet.
func New(path string) *Store { return &Store{path: path} }

// Load implements [rules.Store]. A file that does not exist is one without rules.
func (s *Store) Load() (rules.Saved, error) {
	s.whole = false
	raw, err := read(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		s.whole = true
		return rules.Saved{}, nil
	}
	if err != nil {
		return rules.Saved{}, err
	}
	saved, err := rules.Decode(raw)
	if err != nil {
		return rules.Saved{}, fmt.Errorf("%s is damaged: %w; mend it, or move it away to begin without rules", s.path, err)
	}
	s.whole = true
	return saved, nil
}

func read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	if err == nil && len(raw) > maxBytes {
		err = fmt.Errorf("%s is longer than %d bytes", path, maxBytes)
	}
	return raw, err
}

// ErrNotLoaded is returned by Save when the file was not read before, or could not be.
var ErrNotLoaded = errors.New("rulestore: the file was not read; it is not overwritten")

// Save implements [rules.Store].
func (s *Store) Save(what rules.Saved) error {
	if !s.whole {
		return ErrNotLoaded
	}
	raw, err := what.Encode()
	if err != nil {
		return err
	}
	var text bytes.Buffer // indented, for those who read it
	if err := json.Indent(&text, raw, "", " "); err != nil {
		return err
	}
	text.WriteByte('\n')
	return replace(s.path, text.Bytes())
}

// replace puts a new file in the place of another, or leaves that as it is.
func replace(path string, content []byte) (err error) {
	// Through a link, what it leads to is replaced, not the link.
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	folder := filepath.Dir(path)
	f, err := os.CreateTemp(folder, "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return err
	}
	syncFolder(folder)
	return nil
}

// syncFolder makes the new name outlive a power cut. The file is in its place already, so a
// system that cannot do this (some file systems cannot) costs no more than that.
func syncFolder(folder string) {
	d, err := os.Open(folder)
	if err != nil {
		return
	}
	defer d.Close()
	_ = d.Sync()
}
