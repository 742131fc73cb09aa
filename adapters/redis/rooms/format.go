package rooms

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/skygate-io/skygate/pkg/backplane"
)

// format is how the processes that serve a namespace talk: what they subscribe to,
// and how their messages are written. It does no I/O.
type format interface {
	// counted is the channel whose subscribers are the servers.
	counted() string
	// room names the room that a channel is of, "" when it is of none.
	room(channel string) string
	// read makes sense of what came over a channel.
	read(channel string, raw []byte) (incoming, error)
	// command and question write what others are told, and asked.
	command(backplane.Command) (outgoing, error)
	question(q backplane.Question, id string, timeout time.Duration) (outgoing, error)
	// respond gives what writes the answers to a question.
	respond(incoming) backplane.Replies
}

// incoming is a message from another process: a command, a question, or an answer.
// One with none of these is ignored.
type incoming struct {
	own      bool   // from this process
	from     string // who sent it
	request  string // its id, or the one that it answers
	kind     int
	command  backplane.Command
	question backplane.Question
	answer   func(backplane.Replies)

	publish func(outgoing, error) // sends answers; set by who has them written
}

// outgoing is a message for other processes.
type outgoing struct {
	channel string
	message []byte
}

var errUnknown = errors.New("neither a command nor a question")

// orNone is for readers that give a value also with an error.
func orNone(b backplane.Broadcast, err error) (backplane.Command, error) {
	if err != nil {
		return nil, err
	}
	return b, nil
}

// literally makes a pattern that only its own text matches.
func literally(text string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`, `]`, `\]`).Replace(text)
}

// milliseconds reads a duration; 0 when there is none, or none that can be.
func milliseconds(v gjson.Result) time.Duration {
	if v.Type != gjson.Number || v.Num < 0 || v.Num > 1e9 {
		return 0
	}
	return time.Duration(v.Num * float64(time.Millisecond))
}

// opts are an audience, and for a broadcast how it is sent.
type opts struct {
	Rooms  []string   `json:"rooms"`
	Except []string   `json:"except"`
	Flags  *flagsJSON `json:"flags,omitempty"`
}

type flagsJSON struct {
	Volatile bool    `json:"volatile,omitempty"`
	Compress *bool   `json:"compress,omitempty"`
	Timeout  float64 `json:"timeout,omitempty"` // ms
}

func options(to backplane.Audience) *opts {
	return &opts{Rooms: append([]string{}, to.Rooms...), Except: append([]string{}, to.Except...)}
}

func optionsWithFlags(b backplane.Broadcast, timeout time.Duration) *opts {
	o := options(b.To)
	o.Flags = &flagsJSON{Volatile: b.Flags.Volatile, Compress: b.Flags.Compress, Timeout: float64(timeout) / float64(time.Millisecond)}
	return o
}

// socketJSON is a socket as others are told of it.
type socketJSON struct {
	ID        string          `json:"id"`
	Handshake json.RawMessage `json:"handshake"`
	Rooms     []string        `json:"rooms"`
	Data      json.RawMessage `json:"data"`
}

func describe(list []backplane.Socket) []socketJSON {
	out := make([]socketJSON, len(list))
	for i, s := range list {
		out[i] = socketJSON{ID: s.ID, Handshake: s.Handshake, Rooms: append([]string{}, s.Rooms...), Data: inline(s.Data)}
		if len(out[i].Data) == 0 {
			out[i].Data = json.RawMessage("{}")
		}
	}
	return out
}
