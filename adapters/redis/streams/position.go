package streams

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/skygate-io/skygate/pkg/topic"
)

// An entry's id is "<ms>-<seq>", where ms is the time of its epoch. Epochs are
// "<ms>-<chance>", so that two of one millisecond, on two servers that do not know each
// other, differ.

// maxSeq is the greatest that scripts and clients can count to.
const maxSeq = 1<<53 - 1

// timeOf gives the time in an epoch, as it stands there.
func timeOf(epoch string) (ms string, err error) {
	ms, chance, ok := strings.Cut(epoch, "-")
	if _, bad := strconv.ParseUint(ms, 10, 63); !ok || bad != nil || chance == "" || len(epoch) > 64 || strings.ContainsAny(epoch, "/ ") {
		return "", fmt.Errorf("%w: %q is no epoch", errDamaged, epoch)
	}
	return ms, nil
}

// idOf gives the id of the entry at a position.
func idOf(at topic.Position) (string, error) {
	ms, err := timeOf(at.Epoch)
	return ms + "-" + strconv.FormatUint(at.Seq, 10), err
}

// place reads a position of its epoch and seq.
func place(epoch, seq string) (topic.Position, error) {
	if _, err := timeOf(epoch); err != nil {
		return topic.Position{}, err
	}
	n, err := strconv.ParseUint(seq, 10, 63)
	if err != nil || n > maxSeq {
		return topic.Position{}, fmt.Errorf("%w: %q is no seq", errDamaged, seq)
	}
	return topic.Position{Epoch: strings.Clone(epoch), Seq: n}, nil
}

// spell writes a position as "<epoch>/<seq>"; that of nothing is "".
func spell(at topic.Position) string {
	if at.Epoch == "" {
		return ""
	}
	return at.Epoch + "/" + strconv.FormatUint(at.Seq, 10)
}

// parse reads what spell writes.
func parse(s string) (topic.Position, error) {
	if s == "" {
		return topic.Position{}, nil
	}
	epoch, seq, _ := strings.Cut(s, "/")
	return place(epoch, seq)
}
