package replica_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/hub/replica"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/view"
)

// Views with fields of their own each cost what they show, however many there are
// and however long their lists.
func TestManyListsOfFields(t *testing.T) {
	took := func(views int) time.Duration {
		r := replica.New("hex", nil, false)
		r.Load([]record.Record{{Key: "A", Fields: record.Fields{{Name: "gs", Raw: "1"}}}}, 1)
		all := make([]*view.View, views)
		for i := range all {
			fields := []string{"gs", fmt.Sprint("own", i)}
			for j := range 190 {
				fields = append(fields, fmt.Sprint("field", j))
			}
			all[i] = view.New(nil, fields, "")
		}
		best := time.Hour
		for range 3 {
			start := time.Now()
			for _, v := range all {
				r.Whole(r.Select(v), v, 5)
			}
			best = min(best, time.Since(start))
			r.Apply(&record.Change{Updated: []record.Record{{Key: "A", Fields: record.Fields{{Name: "gs", Raw: "2"}}}}}, r.At()+1, 5)
		}
		return best
	}
	few, many := took(100), took(1600)
	if many > 100*few {
		t.Errorf("100 views take %v, 1600 take %v", few, many)
	}
}
