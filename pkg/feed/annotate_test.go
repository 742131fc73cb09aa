package feed

import (
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

// pairer gives a record the field "twin" while it has the field "gs" of another.
type pairer struct{ gs map[string]string }

func (*pairer) Names() []string { return []string{"twin"} }
func (p *pairer) Annotate(key string, fields record.Fields, _ int64) record.Fields {
	p.gs[key] = fields.Get("gs")
	for other, gs := range p.gs {
		if other != key && gs == p.gs[key] {
			return record.Fields{{Name: "twin", Raw: record.String(other)}}
		}
	}
	return nil
}
func (p *pairer) Gone(key string) { delete(p.gs, key) }

// What an annotator gives is told when it comes, changes and goes, of one source
// and of several.
func TestAnnotator(t *testing.T) {
	for name, sources := range map[string][]string{"one source": nil, "several": {"a", "b"}} {
		t.Run(name, func(t *testing.T) {
			m := newMerger(topic.Policy{TTL: time.Minute})
			m.sources = sources
			m.annotators = []Annotator{&pairer{map[string]string{}}}
			now := int64(1_000_000)
			step := func(key, gs, want string) {
				t.Helper()
				now += 1000
				m.put(&record.Update{Record: record.Record{Key: key, Fields: record.Fields{{Name: "gs", Raw: gs}}}, Whole: true, Observed: now}, 0, now)
				c := m.flush(now)
				got := "nothing"
				if c != nil {
					for _, r := range append(c.Added, c.Updated...) {
						got = ""
						for _, f := range r.Fields {
							got += f.Name + "=" + f.Raw + " "
						}
					}
				}
				if got != want {
					t.Errorf("%s at %s kt: told %q, want %q", key, gs, got, want)
				}
			}
			step("A", "1", "gs=1 ")
			step("B", "1", `gs=1 twin="A" `)
			step("B", "1", "nothing")
			step("B", "2", `gs=2 twin= `)
			step("B", "1", `gs=1 twin="A" `)
			now += 50_000
			step("B", "1", "nothing")
			now += 15_000
			m.expire(now) // A is gone
			m.flush(now)
			step("B", "1", `twin= `)
		})
	}
}
