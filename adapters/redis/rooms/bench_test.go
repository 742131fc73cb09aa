package rooms

import (
	"strings"
	"testing"

	"github.com/skygate-io/skygate/pkg/backplane"
)

// BenchmarkFormats: what it costs to write and to read an event of 1 KB.
func BenchmarkFormats(b *testing.B) {
	event := backplane.Broadcast{To: backplane.Audience{Rooms: []string{"r"}}, Event: backplane.Value{
		JSON: []byte(`["aircraft",[` + strings.Repeat(`{"hex":"4CA1B2","lat":50.03123,"lon":8.57123,"alt":37000},`, 16) + `null]]`),
	}}
	for name, pair := range map[string][2]format{
		"classic": {newClassic(), &classic{prefix: "socket.io", namespace: "/", uid: "other", most: 1 << 20}},
		"sharded": {newSharded(), &sharded{prefix: "socket.io", namespace: "/", uid: "other", most: 1 << 20}},
	} {
		out, err := pair[0].command(event)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name+" write", func(b *testing.B) {
			b.SetBytes(int64(len(out.message)))
			b.ReportAllocs()
			for b.Loop() {
				_, _ = pair[0].command(event)
			}
		})
		b.Run(name+" read", func(b *testing.B) {
			b.SetBytes(int64(len(out.message)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := pair[1].read(out.channel, out.message); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+" own", func(b *testing.B) {
			for b.Loop() {
				if in, err := pair[0].read(out.channel, out.message); err != nil || !in.own {
					b.Fatal(err)
				}
			}
		})
	}
}
