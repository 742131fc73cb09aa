package backplane_test

import (
	"fmt"
	"testing"

	"go.uber.org/goleak"

	"github.com/skygate-io/skygate/pkg/backplane"
	"github.com/skygate-io/skygate/pkg/backplane/backplanetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestMemory(t *testing.T) {
	backplanetest.Run(t, func(*testing.T) func() backplane.Backplane {
		m := backplane.NewMemory()
		return func() backplane.Backplane { return m }
	})
}

// TestCollector: what ends the wait, whatever comes first.
func TestCollector(t *testing.T) {
	value := backplane.Value{JSON: []byte("1")}
	for name, c := range map[string]struct {
		question backplane.Question
		steps    func(*backplane.Collector)
		want     string
	}{
		"nobody is asked":             {backplane.Fetch{}, func(c *backplane.Collector) { c.Expect(0) }, "<nil>"},
		"one answers":                 {backplane.AskServers{}, func(c *backplane.Collector) { c.Expect(1); c.Value(value) }, "1,<nil>"},
		"before it is known how many": {backplane.AskServers{}, func(c *backplane.Collector) { c.Value(value); c.Expect(1) }, "1,<nil>"},
		"time is over":                {backplane.AskServers{}, func(c *backplane.Collector) { c.Expect(2); c.Value(value); c.Expire() }, "1,backplane: 1 of 2 answers came in time"},
		"what comes after that":       {backplane.AskServers{}, func(c *backplane.Collector) { c.Expect(2); c.Expire(); c.Value(value) }, "backplane: 0 of 2 answers came in time"},
		"fails":                       {backplane.ListRooms{}, func(c *backplane.Collector) { c.Fail(backplane.ErrApart); c.Expire() }, backplane.ErrApart.Error()},
		"lists":                       {backplane.ListRooms{}, func(c *backplane.Collector) { c.Expect(2); c.Rooms([]string{"a"}); c.Rooms(nil) }, "[a],[],<nil>"},
		"no socket is asked":          {backplane.Confirm{}, func(c *backplane.Collector) { c.Expect(2); c.Count(0); c.Count(0) }, "#0,#0,<nil>"},
		"each socket confirms":        {backplane.Confirm{}, func(c *backplane.Collector) { c.Expect(2); c.Count(1); c.Value(value); c.Count(1); c.Value(value) }, "#1,1,#1,1,<nil>"},
		"a confirmation comes early":  {backplane.Confirm{}, func(c *backplane.Collector) { c.Value(value); c.Expect(1); c.Count(1) }, "1,#1,<nil>"},
		"one does not confirm":        {backplane.Confirm{}, func(c *backplane.Collector) { c.Expect(1); c.Count(2); c.Value(value); c.Expire() }, "#2,1,backplane: 1 of 2 answers came in time"},
	} {
		t.Run(name, func(t *testing.T) {
			told := &replies{}
			got := "not over"
			c1 := backplane.NewCollector(c.question, told, func(err error) { got = fmt.Sprintf("%s%v", told, err) })
			c.steps(c1)
			if got != c.want || !c1.Over() {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// replies writes down what it is told.
type replies struct{ text string }

func (r *replies) String() string          { return r.text }
func (r *replies) Count(n int)             { r.text += fmt.Sprintf("#%d,", n) }
func (r *replies) Value(v backplane.Value) { r.text += string(v.JSON) + "," }
func (r *replies) Sockets(sockets []backplane.Socket) {
	r.text += fmt.Sprintf("%d sockets,", len(sockets))
}
func (r *replies) Rooms(rooms []string) { r.text += fmt.Sprintf("%v,", rooms) }
