package replay

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/record"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// decode is a plain reader of frames: the address of each aircraft, and when it was seen.
func decode(body []byte, at int64, receiver *geo.Point) ([]record.Update, map[string]uint64, error) {
	var frame struct {
		Aircraft *[]struct {
			Hex  string
			Seen float64
		}
	}
	if err := json.Unmarshal(body, &frame); err != nil || frame.Aircraft == nil {
		return nil, map[string]uint64{"broken": 1}, errors.New("broken")
	}
	var updates []record.Update
	for _, a := range *frame.Aircraft {
		updates = append(updates, record.Update{
			Record: record.Record{Key: a.Hex}, Observed: at - int64(a.Seen*1000), Whole: true,
		})
	}
	return updates, nil, nil
}

// sink notes what came and when, since it was made.
type sink struct {
	start time.Time

	mu   sync.Mutex // guards what follows
	puts int
	text []string
	seen []time.Duration // when each update was observed
}

func (s *sink) Put(updates []record.Update) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.puts++
	for _, u := range updates {
		s.text = append(s.text, fmt.Sprintf("%s@%v", u.Key, time.Since(s.start)))
		s.seen = append(s.seen, time.UnixMilli(u.Observed).Sub(s.start))
	}
}

func (s *sink) got() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.text, " ")
}

func frame(now any, hex string) string {
	return fmt.Sprintf(`{"now":%v,"messages":1,"aircraft":[{"hex":%q,"seen":0.5}]}`, now, hex)
}

func lines(list ...string) string { return strings.Join(list, "\n") + "\n" }

func compressed(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	fmt.Fprint(z, text)
	z.Close()
	return b.String()
}

// cutCompressed is a compressed file that ends behind the text, without its end.
func cutCompressed(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	fmt.Fprint(z, text)
	z.Flush()
	return b.String()
}

// write makes a folder of files, by their names.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func newSource(t *testing.T, path string, speed float64, loop bool) *Source {
	t.Helper()
	cfg := DefaultConfig()
	cfg.Path, cfg.Speed, cfg.Loop = path, speed, loop
	s, err := New(cfg, decode, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestPlay: which frames come when, in a bubble's time.
func TestPlay(t *testing.T) {
	three := lines(frame(100, "a"), frame(101.5, "b"), frame(103, "c"))
	tests := map[string]struct {
		files map[string]string
		path  string // in the folder; "" is the folder
		speed float64
		want  string
		bad   map[string]uint64
	}{
		"a snapshot":          {files: map[string]string{"x": frame(100, "a")}, path: "x", want: "a@0s"},
		"a snapshot of lines": {files: map[string]string{"x": "{ \"now\" : 100,\n\n  \"aircraft\" : [\n{\"hex\":\"a\"}\n]\n}\n"}, path: "x", want: "a@0s"},
		"lines":               {files: map[string]string{"x": three}, path: "x", want: "a@0s b@1.5s c@3s"},
		"compressed lines":    {files: map[string]string{"x": compressed(three)}, path: "x", want: "a@0s b@1.5s c@3s"},
		"faster":              {files: map[string]string{"x": three}, path: "x", speed: 10, want: "a@0s b@150ms c@300ms"},
		"slower":              {files: map[string]string{"x": three}, path: "x", speed: 0.5, want: "a@0s b@3s c@6s"},
		"milliseconds":        {files: map[string]string{"x": lines(frame(1598880624209, "a"), frame(1598880624719, "b"))}, path: "x", want: "a@0s b@510ms"},
		"no end of line":      {files: map[string]string{"x": strings.TrimSpace(three)}, path: "x", want: "a@0s b@1.5s c@3s"},
		"blank lines":         {files: map[string]string{"x": "\n \r\n" + strings.ReplaceAll(three, "\n", "\r\n\r\n")}, path: "x", want: "a@0s b@1.5s c@3s"},
		"gaps": {
			files: map[string]string{"x": lines(frame(100, "a"), frame(400, "b"), frame(701, "c"), frame(600, "d"), frame(602, "e"))},
			path:  "x", want: "a@0s b@5m0s c@5m1s d@5m2s e@5m4s",
		},
		"gaps, faster": {
			files: map[string]string{"x": lines(frame(100, "a"), frame(90, "b"), frame(92, "c"))},
			path:  "x", speed: 10, want: "a@0s b@100ms c@300ms",
		},
		"no times": {
			files: map[string]string{"x": lines(`{"aircraft":[{"hex":"a"}]}`, `{"aircraft":[{"hex":"b"}]}`, frame(5, "c"))},
			path:  "x", want: "a@0s b@1s c@2s",
		},
		"damaged lines": {
			files: map[string]string{"x": lines(`ow":99,"aircraft":[]}`, frame(100, "a"), "garbage", frame(101, "b")[:30], `{"now":102}`, frame(103, "c"))},
			path:  "x", want: "a@0s c@3s", bad: map[string]uint64{"broken": 4},
		},
		"a damaged second line": {
			files: map[string]string{"x": lines(frame(100, "a"), "{", frame(101, "b"))},
			path:  "x", want: "a@0s b@1s", bad: map[string]uint64{"broken": 1},
		},
		"a compressed file cut off": {
			files: map[string]string{"x": cutCompressed(three + "{")},
			path:  "x", want: "a@0s b@1.5s c@3s", bad: map[string]uint64{truncated: 1, "broken": 1},
		},
		"history, in the order of its times": {
			files: map[string]string{
				"history_0.json": frame(163, "c"), "history_1.json": frame(100, "a"), "history_2.json": compressed(frame(130, "b")),
				"history_3.json": "", "history_4.json": `{"now":999,"aircraft":[ ]}`, "receiver.json": "{}", "aircraft.json": frame(999, "z"),
			},
			want: "a@0s b@30s c@1m3s",
		},
		"history with a damaged file": {
			files: map[string]string{"history_0.json": "<html>", "history_1.json": frame(100, "a"), "history_2.json": compressed(frame(130, "b"))[:30]},
			want:  "a@0s", bad: map[string]uint64{"broken": 2},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(write(t, test.files), test.path)
			synctest.Test(t, func(t *testing.T) {
				s := newSource(t, path, cmp.Or(test.speed, 1), false)
				sink := &sink{start: time.Now()}
				if err := s.Run(t.Context(), sink); err != nil {
					t.Fatal(err)
				}
				if got := sink.got(); got != test.want {
					t.Errorf("got  %s\nwant %s", got, test.want)
				}
				status := s.Status()
				if fmt.Sprint(status.Bad) != fmt.Sprint(test.bad) && len(status.Bad)+len(test.bad) > 0 {
					t.Errorf("bad %v, want %v", status.Bad, test.bad)
				}
				if status.State != feed.Ended || status.Records != uint64(len(sink.text)) {
					t.Errorf("status %+v after %d records", status, len(sink.text))
				}
			})
		})
	}
}

// TestEmptyFrames: a frame without aircraft is told as such; what is no frame is not.
func TestEmptyFrames(t *testing.T) {
	const empty = `{"now":%d,"aircraft":[]}`
	path := filepath.Join(write(t, map[string]string{"x": lines(frame(100, "a"), fmt.Sprintf(empty, 101), "garbage", fmt.Sprintf(empty, 102))}), "x")
	synctest.Test(t, func(t *testing.T) {
		sink := &sink{start: time.Now()}
		if err := newSource(t, path, 1, false).Run(t.Context(), sink); err != nil {
			t.Fatal(err)
		}
		if sink.puts != 3 || sink.got() != "a@0s" {
			t.Errorf("it tells %d times: %s", sink.puts, sink.got())
		}
	})
}

// TestHeard: what was heard later counts as later at any speed, although ages
// do not shrink with the time between frames.
func TestHeard(t *testing.T) {
	young := `{"now":100,"aircraft":[{"hex":"a","seen":0.1}]}`
	older := `{"now":101,"aircraft":[{"hex":"a","seen":0.9}]}`
	path := filepath.Join(write(t, map[string]string{"x": lines(young, older)}), "x")
	for speed, want := range map[float64][]time.Duration{ // ms
		0.5: {-100, 1100}, 1: {-100, 100}, 10: {-10, 10}, 100: {-1, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			sink := &sink{start: time.Now()}
			s := newSource(t, path, speed, false)
			if err := s.Run(t.Context(), sink); err != nil {
				t.Fatal(err)
			}
			for i := range want {
				if got := sink.seen[i]; got != want[i]*time.Millisecond {
					t.Errorf("%v times as fast: message %d heard at %v, want %d ms", speed, i, got, want[i])
				}
			}
			if newest := s.Status().Newest.Sub(sink.start); newest != sink.seen[1] {
				t.Errorf("newest %v", newest)
			}
		})
	}
}

// slowSink takes its time with each frame.
type slowSink struct{ *sink }

func (s slowSink) Put(updates []record.Update) {
	s.sink.Put(updates)
	time.Sleep(300 * time.Millisecond)
}

// TestNoDrift: time spent on delivering does not add up.
func TestNoDrift(t *testing.T) {
	var list []string
	for i := range 100 {
		list = append(list, frame(1000+i, fmt.Sprint("f", i)))
	}
	path := filepath.Join(write(t, map[string]string{"x": lines(list...)}), "x")
	synctest.Test(t, func(t *testing.T) {
		sink := slowSink{&sink{start: time.Now()}}
		if err := newSource(t, path, 1, false).Run(t.Context(), sink); err != nil {
			t.Fatal(err)
		}
		if got := sink.got(); !strings.HasSuffix(got, "f98@1m38s f99@1m39s") {
			t.Errorf("got %s", got)
		}
	})
}

func TestLoop(t *testing.T) {
	path := filepath.Join(write(t, map[string]string{"x": lines(frame(100, "a"), frame(104, "b"))}), "x")
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s := newSource(t, path, 2, true)
		sink := &sink{start: time.Now()}
		done := make(chan error)
		go func() { done <- s.Run(ctx, sink) }()
		synctest.Wait()
		if state := s.Status().State; state != feed.Delivering {
			t.Errorf("it is %s", state)
		}
		time.Sleep(6 * time.Second)
		synctest.Wait()
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if got, want := sink.got(), "a@0s b@2s a@2.5s b@4.5s a@5s"; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if state := s.Status().State; state == feed.Ended {
			t.Error("it is at its end")
		}
	})
}

func TestRunRefuses(t *testing.T) {
	folder := write(t, map[string]string{
		"empty": "", "blank": " \n\n", "compressed": compressed(""), "garbage": "MSG,3,1,1\nMSG,3,1,1\n",
		"positions": `{"now" : 1675610064.166,"hex":"ac1234"}` + "\n" + `{"now" : 1675610064.2,"hex":"ac1234"}` + "\n",
		"cut":       "\x1f\x8b\x08",
	})
	for name, want := range map[string]string{
		"missing": "there is no", "empty": "nothing in it", "blank": "nothing in it", "compressed": "nothing in it",
		"garbage": "no aircraft.json", "positions": "no aircraft.json", "cut": "cannot play", "": "nothing in it",
	} {
		t.Run(name, func(t *testing.T) {
			s := newSource(t, filepath.Join(folder, name), 1000, true)
			var logged bytes.Buffer
			s.log = zerolog.New(&logged)
			err := s.Run(t.Context(), &sink{})
			if logged.Len() > 0 && strings.Contains(logged.String(), "plays") {
				t.Errorf("logged %s", &logged)
			}
			if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "give an aircraft.json") {
				t.Errorf("Run: %v, want %q", err, want)
			}
			if errors.Is(err, fs.ErrNotExist) != (name == "missing") {
				t.Errorf("%v is about a missing file", err)
			}
			if status := s.Status(); status.State != feed.Failing || status.Err != err.Error() {
				t.Errorf("status %+v", status)
			}
		})
	}
}
