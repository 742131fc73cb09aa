package e2e

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skygate-io/skygate/test/reference"
)

// crowdSpeed is how many times faster than they were recorded recordings are played.
const crowdSpeed = 10

// crowdTTL is short enough that aircraft go while a recording plays.
const crowdTTL = 15 * time.Second

// TestCrowd plays recordings to fifty official JavaScript clients that look at
// different parts of them, in different ways: some change what they look at, come
// late, leave and return, some are cut off, or stall. Each follows the contract by
// messages alone (crowd/follower.mjs) and notes what breaks it. In the end the
// server holds what an independent reading of the recordings gives, and each client
// what its filter and its fields leave of that.
func TestCrowd(t *testing.T) {
	paths := []string{simulated(t, 320)}
	if folder := os.Getenv("SKYGATE_TESTDATA"); folder != "" {
		paths = append(paths, filepath.Join(folder, "adsb/decoder_output/readsb3.14.1630_aircraft_json_1Hz_335s_178ac.jsonl.gz"))
	}
	recordings := load(t, paths)
	t.Setenv("SKYGATE_TOPICS_AIRCRAFT_TTL", crowdTTL.String())
	t.Setenv("SKYGATE_BATCH_WINDOW", "100ms")      // as crowd/follower.mjs has it
	t.Setenv("SKYGATE_BATCH_MAX_MESSAGE", "65536") // so that snapshots come in parts
	var args []string
	for i, r := range recordings {
		args = append(args, "--source", fmt.Sprintf("replay=%s?speed=%d&name=recording%d", r.path, crowdSpeed, i))
	}
	s := serve(t, args...)
	guests := gather(newWorld(recordings))
	if len(guests) != 50 {
		t.Fatalf("there are %d clients", len(guests))
	}
	h := host(t, s, guests)
	var reading sync.WaitGroup
	for _, r := range recordings {
		reading.Go(r.read)
	}
	reading.Wait()
	h.compareServer(recordings)
	h.tell("finish")
	h.compareClients()
	h.judge()
}

// recording is one that is played. After its end its last frame comes again and
// again: what is in it stays.
type recording struct {
	path   string
	frames []reference.Frame // up to the end
	known  map[string]*reference.Known
	stays  map[string]bool
}

// After a recording's end its last frame comes so often again, in steps of so many
// seconds of the recording: for two minutes.
const (
	tailFrames = 60
	tailStep   = 20
)

// load reads recordings, and makes those that are played of them.
func load(t *testing.T, paths []string) []*recording {
	t.Helper()
	recordings, failed := make([]*recording, len(paths)), make([]error, len(paths))
	folder := t.TempDir()
	var loading sync.WaitGroup
	for i, path := range paths {
		r := &recording{path: filepath.Join(folder, fmt.Sprintf("%d.jsonl.gz", i))}
		recordings[i] = r
		loading.Go(func() {
			if r.frames, failed[i] = reference.Load(path); failed[i] == nil {
				failed[i] = prolong(path, r.path)
			}
		})
	}
	loading.Wait()
	if err := errors.Join(failed...); err != nil {
		t.Fatal(err)
	}
	return recordings
}

var nowPart = regexp.MustCompile(`"now" *: *([0-9.]+)`)

// prolong copies a recording and appends its tail: what is compressed may be put
// together like that.
func prolong(from, to string) error {
	whole, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	unzipped, err := gzip.NewReader(bytes.NewReader(whole))
	if err != nil {
		return err
	}
	text, err := io.ReadAll(unzipped)
	if err != nil {
		return err
	}
	text = bytes.TrimRight(text, "\n")
	frame := text[bytes.LastIndexByte(text, '\n')+1:]
	at := nowPart.FindSubmatchIndex(frame)
	if at == nil {
		return errors.New(from + ": the last frame does not say when it was")
	}
	now, err := strconv.ParseFloat(string(frame[at[2]:at[3]]), 64)
	if err != nil {
		return err
	}
	tail := bytes.NewBuffer(whole)
	zipped := gzip.NewWriter(tail)
	for i := range tailFrames {
		_, err = fmt.Fprintf(zipped, "%s%.3f%s\n", frame[:at[2]], now+float64((i+1)*tailStep), frame[at[3]:])
		if err != nil {
			return err
		}
	}
	if err := zipped.Close(); err != nil {
		return err
	}
	return os.WriteFile(to, tail.Bytes(), 0o600)
}

// read finds what is known at the end.
func (r *recording) read() {
	for _, f := range r.frames { // what is played faster is heard faster
		for _, a := range f.Aircraft {
			if seen, ok := a["seen"].(float64); ok {
				a["seen"] = seen / crowdSpeed
			}
		}
	}
	at := func(i int) float64 { return 1000 * r.frames[i].Now / crowdSpeed }
	r.known = reference.Play(r.frames, at, float64(crowdTTL.Milliseconds()))
	r.stays = map[string]bool{}
	for _, a := range r.frames[len(r.frames)-1].Aircraft {
		r.stays[strings.ToUpper(a["hex"].(string))] = true
	}
}

// differs says how what the server holds differs from what the recordings tell at
// their end; "" when it does not. What is not in the last frame goes some time.
func differs(recordings []*recording, got map[string]any) string {
	held := 0
	for _, r := range recordings {
		for hex, k := range r.known {
			a, ok := got[hex]
			switch {
			case !ok && r.stays[hex]:
				return hex + " is missing"
			case ok:
				held++
				if wrong := k.CheckLoud(a.(map[string]any)); wrong != "" {
					return hex + " " + wrong
				}
			}
		}
	}
	if held != len(got) {
		return fmt.Sprintf("%d of %d aircraft are known from the recordings", held, len(got))
	}
	return ""
}
