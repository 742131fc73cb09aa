package e2e

import (
	"strings"
	"testing"

	"github.com/skygate-io/skygate/pkg/eventually"
	"github.com/skygate-io/skygate/test/built"
)

// The clients that the README shows say why they are not let in, and that nobody is
// there; they do not fall over.
func TestMinimalClientsSayWhyNot(t *testing.T) {
	private := serve(t, "--config", writeFile(t, "auth: {mode: private, keys: [{name: a, key: sk_0123456789abcdef, permissions: [\"*\"]}]}"))
	nobody := &server{Process: &built.Process{URL: "http://127.0.0.1:1"}}
	for language, unreachable := range map[string]string{"javascript": "xhr poll error", "python": "Cannot connect to host"} {
		t.Run(language, func(t *testing.T) {
			refused, lost := runMinimal(t, private, language), runMinimal(t, nobody, language)
			eventually.Holds(t, "the reason of the refusal", func() bool { return strings.Contains(refused.String(), "Authentication required") })
			eventually.Holds(t, "that nobody is there", func() bool { return strings.Contains(lost.String(), unreachable) })
			if text := lost.String(); strings.Contains(text, "Traceback") {
				t.Errorf("it falls over:\n%s", text)
			}
		})
	}
}
