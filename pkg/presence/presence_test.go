package presence_test

import (
	"encoding/json"
	"testing"

	"github.com/skygate-io/skygate/pkg/presence"
)

func TestSum(t *testing.T) {
	one := presence.Counts{Connections: 2, Sessions: map[string]int{"/": 2, "/acars": 1}, Subscribers: map[string]int{"aircraft": 2}}
	other := presence.Counts{Connections: 1, Sessions: map[string]int{"/": 1}, Subscribers: map[string]int{"aircraft": 1, "stats": 1}}
	for name, c := range map[string]struct {
		got  presence.Total
		want string
	}{
		"nobody":  {presence.Sum(), `{"processes":0,"connections":0,"sessions":{},"subscribers":{}}`},
		"alone":   {presence.Alone(func() presence.Counts { return one }).Total(), `{"processes":1,"connections":2,"sessions":{"/":2,"/acars":1},"subscribers":{"aircraft":2}}`},
		"several": {presence.Sum(one, other), `{"processes":2,"connections":3,"sessions":{"/":3,"/acars":1},"subscribers":{"aircraft":3,"stats":1}}`},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := json.Marshal(c.got); err != nil || string(got) != c.want {
				t.Errorf("%s, %v; want %s", got, err, c.want)
			}
		})
	}
	if one.Sessions["/"] != 2 {
		t.Error("what was added up has changed")
	}
}
