package publish

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/record"
)

// The bounds of an event.
const (
	maxData  = 64 << 10 // bytes, without white space
	maxDepth = 32       // lists and objects in each other
	maxName  = 64       // bytes
	maxID    = 128      // bytes
)

var (
	eventShape = regexp.MustCompile(`^[a-z][a-z0-9_]*(:[a-z0-9_-]+)+$`)
	onceShape  = regexp.MustCompile(`^[!-~]{1,200}$`)
)

// added are the names that the server gives values of its own, in the events and
// snapshots of a topic.
var added = []string{"epoch", "base", "seq", "view", "part", "parts"}

// request is what a body decodes to. When it is of one event that is in Events, too.
type request struct {
	Topic string `json:"topic"`
	item
	Events []item `json:"events"`
	Once   string `json:"key"`
}

type item struct {
	Event string          `json:"event"`
	Data  json.RawMessage `json:"data"`
}

// event is one to be published, once under a key if there is one.
type event struct {
	record.Event
	once string
}

// keyOf gives the API key of a request, "" when there is none.
func keyOf(h http.Header) string {
	// Who says a key by its own header means that: Authorization may be a proxy's.
	if key := strings.TrimSpace(h.Get("X-API-Key")); key != "" {
		return key
	}
	scheme, key, ok := strings.Cut(h.Get("Authorization"), " ")
	if ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(key)
	}
	return ""
}

// onceOf gives the Idempotency-Key of a request, "" when there is none. One that is
// blank is refused: who sends it believes that nothing is told twice.
func onceOf(h http.Header) (string, error) {
	given := h.Values("Idempotency-Key")
	if len(given) == 0 {
		return "", nil
	}
	if strings.TrimSpace(given[0]) == "" {
		return "", refusal(gateway.CodeInvalidPayload, "Idempotency-Key: is empty: give 1 to 200 printable ASCII characters without spaces, the same when the request is sent again, or leave the header out")
	}
	return given[0], nil
}

func isJSON(h http.Header) bool {
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	charset, given := params["charset"]
	return err == nil && kind == "application/json" && h.Get("Content-Encoding") == "" &&
		(!given || strings.EqualFold(charset, "utf-8"))
}

// parse reads a body; header is the Idempotency-Key.
func parse(body []byte, header string) (request, error) {
	var ask request
	if err := decode(body, &ask); err != nil {
		return ask, refusal(gateway.CodeInvalidPayload, "Invalid body: %v", err)
	}
	invalid := func(message string) (request, error) {
		return ask, refusal(gateway.CodeInvalidPayload, "%s", message)
	}
	switch one := ask.Data != nil; {
	case ask.Topic == "":
		return invalid("topic: is missing")
	case one && ask.Events != nil:
		return invalid("data: is set, and so is events: one of them is enough")
	case one:
		ask.Events = []item{ask.item}
	case len(ask.Events) == 0:
		return invalid("data: is missing: the event's object; or events, a list of {event, data}")
	}
	if header != "" && ask.Once != "" && header != ask.Once {
		return invalid("key: is another than the header Idempotency-Key")
	}
	if header != "" {
		ask.Once = header
	}
	if ask.Once != "" && !onceShape.MatchString(ask.Once) {
		return invalid("key: 1 to 200 printable ASCII characters without spaces")
	}
	return ask, nil
}

// decode reads a JSON object whose members are all known.
func decode(body []byte, into *request) error {
	if !utf8.Valid(body) {
		return errors.New("it is not in UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong):
		var again request
		return gateway.Decode(body, &again) // tells it in words of JSON
	case errors.Is(err, io.EOF):
		return errors.New("it is empty")
	case err != nil:
		return errors.New(strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("it is more than one JSON object")
	}
	return nil
}

// events makes the events of a request of someone's.
func (t Topic) events(ask request, who string) ([]event, error) {
	out := make([]event, 0, len(ask.Events))
	for i, given := range ask.Events {
		at := ""
		if ask.Data == nil {
			at = fmt.Sprintf("events[%d].", i)
		}
		given.Event = cmp.Or(given.Event, ask.Event, t.Event)
		if err := t.checkName(given.Event); err != nil {
			return nil, refusal(gateway.CodeInvalidPayload, "%sevent: %v", at, err)
		}
		fields, err := fieldsOf(given.Data)
		if err != nil {
			return nil, refusal(gateway.CodeInvalidPayload, "%sdata: %v", at, err)
		}
		once, id := "", rand.Text()
		if ask.Once != "" {
			once = fmt.Sprintf("%s %d %s", who, i, ask.Once)
			id = digest(t.Policy.Name + " " + once) // of a request that is sent again it is the same
		}
		if id, err = takeID(&fields, t.Policy.Key, id); err != nil {
			return nil, refusal(gateway.CodeInvalidPayload, "%sdata.%s: %v", at, t.Policy.Key, err)
		}
		out = append(out, event{record.Event{Name: given.Event, Record: record.Record{Key: id, Fields: fields}}, once})
	}
	return out, nil
}

// checkName says what is wrong with an event's name.
func (t Topic) checkName(name string) error {
	if t.Policy.Tells != nil {
		if !slices.Contains(t.Policy.Tells, name) {
			return fmt.Errorf("%q is no event of the topic: one of %s", shorten(name), strings.Join(t.Policy.Tells, ", "))
		}
		return nil
	}
	rest, ok := strings.CutPrefix(name, t.Policy.Prefix+":")
	switch {
	case !ok || len(name) > maxName || !eventShape.MatchString(name):
		return fmt.Errorf("%q is no event of the topic: %s:… in lower case, up to %d characters", shorten(name), t.Policy.Prefix, maxName)
	case rest == "snapshot" || rest == "update":
		return fmt.Errorf("%q is the server's own", name)
	}
	return nil
}

// fieldsOf takes apart an object.
func fieldsOf(data json.RawMessage) (record.Fields, error) {
	var compact bytes.Buffer
	if err := json.Compact(&compact, data); err != nil || compact.Len() == 0 || compact.Bytes()[0] != '{' {
		return nil, errors.New("expected an object")
	}
	switch {
	case compact.Len() > maxData:
		return nil, fmt.Errorf("it has %d bytes; %d are allowed", compact.Len(), maxData)
	case record.Depth(compact.Bytes()) > maxDepth:
		return nil, fmt.Errorf("lists and objects are nested deeper than %d", maxDepth)
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(compact.Bytes(), &members); err != nil {
		return nil, err
	}
	fields := make(record.Fields, 0, len(members))
	for name, raw := range members {
		if slices.Contains(added, name) {
			return nil, fmt.Errorf("%q is a name that the server gives a value", name)
		}
		fields = append(fields, record.Field{Name: name, Raw: string(raw)})
	}
	fields.Sort()
	return fields, nil
}

// numberShape are the whole numbers that every client can hold.
var numberShape = regexp.MustCompile(`^(0|[1-9][0-9]{0,14})$`)

// takeID takes an event's id out of its fields; made is that of one that has none.
// One that is a number stays there, too, to be told as that.
func takeID(fields *record.Fields, name, made string) (id string, err error) {
	raw := fields.Get(name)
	if raw == "" {
		return made, nil
	}
	if numberShape.MatchString(raw) {
		return raw, nil
	}
	if json.Unmarshal([]byte(raw), &id) != nil || id == "" || len(id) > maxID {
		return "", fmt.Errorf("expected text of 1 to %d bytes, or a whole number of up to 15 digits", maxID)
	}
	fields.Set(name, "")
	return id, nil
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}
