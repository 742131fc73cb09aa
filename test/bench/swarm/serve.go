//go:build linux

package swarm

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Ask is one line to a load generator, Answer the line that it answers with.
//
//	dial    addr, dialect, clients, auth → {}
//	joined                               → joined
//	begin   window                       → {}
//	end                                  → report
//	settle                               → following
type Ask struct {
	Do      string            `json:"do"`
	Addr    string            `json:"addr,omitempty"`
	Dialect Dialect           `json:"dialect,omitempty"`
	Clients int               `json:"clients,omitempty"`
	Auth    []json.RawMessage `json:"auth,omitempty"`
	Window  Window            `json:"window"`
}

// Answer answers an [Ask].
type Answer struct {
	Error     string     `json:"error,omitempty"`
	Joined    int        `json:"joined,omitempty"`
	Report    *Report    `json:"report,omitempty"`
	Following *Following `json:"following,omitempty"`
}

// Serve is a load generator: it obeys until its input ends.
func Serve(in io.Reader, out io.Writer) error {
	asks, answers := json.NewDecoder(in), json.NewEncoder(out)
	var s *Swarm
	defer func() {
		if s != nil {
			s.Close()
		}
	}()
	for {
		var ask Ask
		if err := asks.Decode(&ask); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		var answer Answer
		var err error
		switch {
		case ask.Do == "dial" && s == nil:
			s, err = Dial(ask.Addr, ask.Dialect, ask.Clients, ask.Auth...)
		case s == nil:
			err = errors.New("nothing is dialled")
		case ask.Do == "joined":
			answer.Joined, err = s.Joined()
		case ask.Do == "begin":
			s.Begin(ask.Window)
		case ask.Do == "end":
			var report Report
			report, err = s.End()
			answer.Report = &report
		case ask.Do == "settle":
			var following Following
			following, err = s.Settle()
			answer.Following = &following
		default:
			err = fmt.Errorf("cannot do %q now", ask.Do)
		}
		if err != nil {
			answer.Error = err.Error()
		}
		if err := answers.Encode(answer); err != nil {
			return err
		}
	}
}
