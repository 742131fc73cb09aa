package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Error says what is wrong with one key. [Load] and [Check] report all that
// they find: what they return is one Error, or several joined.
type Error struct {
	// Origin is where the value was set: "file skygate.yaml", "env
	// SKYGATE_LISTEN", "flag --listen"; "" for a default.
	Origin string
	// Key is the full path of the key, such as sources[1].interval; "" when the
	// problem is not one key's.
	Key string
	Err error
}

// Error gives the origin, the key and the problem, as far as they are known.
func (e *Error) Error() string {
	var text strings.Builder
	for _, part := range []string{e.Origin, e.Key} {
		if part != "" {
			text.WriteString(part + ": ")
		}
	}
	return text.String() + e.Err.Error()
}

// Unwrap gives the problem alone.
func (e *Error) Unwrap() error { return e.Err }

// at puts the key of a section before what its Validate says, which begins
// with the key within the section.
func at(section string, err error) error {
	if err == nil {
		return nil
	}
	if all := flatten(err); len(all) > 1 {
		for i := range all {
			all[i] = at(section, all[i])
		}
		return errors.Join(all...)
	}
	key, text, ok := strings.Cut(err.Error(), ": ")
	if !ok {
		return &Error{Key: section, Err: err}
	}
	return &Error{Key: join(section, key), Err: errors.New(text)}
}

// join puts a key behind the section that holds it; "" is the top.
func join(section, key string) string {
	if section == "" || key == "" {
		return section + key
	}
	return section + "." + key
}

// withOrigins says of each Error where the value of its key comes from.
func withOrigins(err error, origins map[string]string) error {
	out := flatten(err)
	for i := range out {
		var single *Error
		if errors.As(out[i], &single) {
			out[i] = &Error{Origin: originOf(single.Key, origins), Key: single.Key, Err: single.Err}
		}
	}
	return errors.Join(out...)
}

// originOf looks for the key, then for one inside of it, then for the list or
// section that holds it.
func originOf(key string, origins map[string]string) string {
	if origin, ok := origins[key]; ok {
		return origin
	}
	for _, other := range slices.Sorted(maps.Keys(origins)) {
		if strings.HasPrefix(other, key+".") {
			return origins[other]
		}
	}
	if i := strings.LastIndexAny(key, ".["); i > 0 {
		return originOf(key[:i], origins)
	}
	return ""
}

// problems collects the errors of one origin.
type problems struct {
	origin  string
	section string // that the keys are in
	errs    []error
}

// add takes a key, and a format and its arguments as [fmt.Errorf] does.
func (p *problems) add(key, format string, args ...any) {
	p.errs = append(p.errs, &Error{Origin: p.origin, Key: join(p.section, key), Err: fmt.Errorf(format, args...)})
}

// addAll takes the errors of what overlay returns.
func (p *problems) addAll(err error) {
	for _, e := range flatten(err) {
		var single *Error
		if errors.As(e, &single) {
			p.add(single.Key, "%w", single.Err)
			continue
		}
		p.add("", "%w", e)
	}
}

// flatten takes apart what [errors.Join] joined.
func flatten(err error) (out []error) {
	several, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	for _, e := range several.Unwrap() {
		out = append(out, flatten(e)...)
	}
	return out
}
