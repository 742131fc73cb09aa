package view

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
)

// whole is the token of the view that shows all of a topic.
const whole = "all"

// View is what a session sees of a topic: which records, and which of their
// fields. Those who see the same share every message, whatever words they asked
// with. It is immutable and safe for concurrent use.
type View struct {
	filter *Filter
	fields []string // sorted; nil shows all
	shows  map[string]struct{}
	class  string
	shown  string // names the fields
	token  string
}

// New gives a view: a nil filter lets every record through, nil fields show all
// of them. class names what else decides on what a session sees (its
// permissions), "" for nothing.
func New(filter *Filter, fields []string, class string) *View {
	v := &View{filter: filter, class: class, token: whole}
	if fields != nil {
		v.fields = slices.Clone(fields)
		slices.Sort(v.fields)
		v.fields = slices.Compact(v.fields)
		v.shows = make(map[string]struct{}, len(v.fields))
		for _, name := range v.fields {
			v.shows[name] = struct{}{}
		}
	}
	if filter != nil || fields != nil || class != "" {
		list, _ := json.Marshal(v.fields) // texts can always be encoded
		if fields != nil {
			v.shown = string(list)
		}
		sum := sha256.Sum256([]byte(strings.Join([]string{string(filter.Canonical()), string(list), class}, "\n")))
		v.token = base64.RawURLEncoding.EncodeToString(sum[:9])
	}
	return v
}

// Token names the view, on every process alike.
func (v *View) Token() string { return v.token }

// Class is what else decides on what is seen.
func (v *View) Class() string { return v.class }

// Filter says which records are seen; nil lets every one through.
func (v *View) Filter() *Filter { return v.filter }

// Fields are the names of the fields that are shown, sorted; nil stands for all.
func (v *View) Fields() []string { return v.fields }

// Shows says whether a field is shown.
func (v *View) Shows(name string) bool {
	if v.shows == nil {
		return true
	}
	_, ok := v.shows[name]
	return ok
}

// Shown names the fields that are shown: two views that show the same of a record
// have the same name for it.
func (v *View) Shown() string { return v.shown }

// SameFields says whether two views show the same fields of a record.
func (v *View) SameFields(w *View) bool { return v.shown == w.shown }
