package acars

import "testing"

func BenchmarkDecode(b *testing.B) {
	for name, text := range messages {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if m, _ := Decode(text, now); len(m) != 1 {
					b.Fatal(len(m))
				}
			}
		})
	}
}
