package config

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// read takes the values out of what a file says in a section, by their full
// keys and with their own types. A key without a value (null) says nothing.
func (s schema) read(section string, in map[string]any, found *problems) map[string]any {
	out := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(in)) {
		key, given := join(section, name), in[name]
		known, isLeaf := s.leaf(key)
		switch inner, isMap := given.(map[string]any); {
		case s.open[section] != nil && !openName.MatchString(name):
			found.add(section, "%q is no name (of letters, digits and _)", name)
		case strings.Contains(name, ".") || !isLeaf && !s.isSection(key):
			found.add(key, "unknown key%s", nearest(name, s.children[section]))
		case given == nil:
		case isLeaf:
			if one, ok := oneOf(known.typ); ok {
				if value, ok := readSeveral(known.typ, one, key, given, found); ok {
					out[key] = value
				}
				continue
			}
			value, err := convert(known.typ, given)
			if err != nil {
				found.add(key, "%w", err)
				continue
			}
			out[key] = value
		case !isMap && s.open[key] != nil:
			found.add(key, "want a section of names with values, not %s", describe(given))
		case !isMap:
			found.add(key, "want a section with the keys %s, not %s", strings.Join(s.children[key], ", "), describe(given))
		default:
			maps.Copy(out, s.read(key, inner, found))
		}
	}
	return out
}

var durationType = reflect.TypeFor[time.Duration]()

// convert gives a value, as YAML has it, the type of its key. It never guesses:
// text is no number, a number is no duration, half is no whole number.
func convert(t reflect.Type, given any) (any, error) {
	out := reflect.New(t).Elem()
	var ok bool
	want := t.String()
	switch kind := t.Kind(); {
	case t == durationType:
		want = "a duration such as 200ms or 1m30s"
		ok = setDuration(out, given)
	case kind == reflect.String:
		want = "text"
		ok = setString(out, given)
	case kind == reflect.Bool:
		want = "true or false"
		ok = setBool(out, given)
	case out.CanInt():
		want = "a whole number"
		ok = setInt(out, given)
	case out.CanUint():
		want = "a whole number from 0"
		ok = setUint(out, given)
	case out.CanFloat():
		want = "a number"
		ok = setFloat(out, given)
	case kind == reflect.Slice && t.Elem().Kind() == reflect.String:
		want = "a list of text"
		ok = setTexts(out, given)
	}
	if !ok {
		return nil, fmt.Errorf("want %s, not %s", want, describe(given))
	}
	return out.Interface(), nil
}

func setDuration(out reflect.Value, given any) bool {
	text, ok := given.(string)
	d, err := time.ParseDuration(text)
	out.SetInt(int64(d))
	return ok && err == nil
}

func setString(out reflect.Value, given any) bool {
	text, ok := given.(string)
	out.SetString(text)
	return ok
}

func setBool(out reflect.Value, given any) bool {
	v, ok := given.(bool)
	out.SetBool(v)
	return ok
}

// setInt takes a whole number that is written as 1e6, too.
func setInt(out reflect.Value, given any) bool {
	var v int64
	switch given := given.(type) {
	case int:
		v = int64(given)
	case int64:
		v = given
	case float64:
		v = int64(given)
		if float64(v) != given || math.Abs(given) > 1<<53 {
			return false
		}
	default:
		return false
	}
	out.SetInt(v)
	return out.Int() == v
}

func setUint(out reflect.Value, given any) bool {
	if v, ok := given.(uint64); ok { // above the largest int
		out.SetUint(v)
		return out.Uint() == v
	}
	whole := reflect.New(reflect.TypeFor[int64]()).Elem()
	if !setInt(whole, given) || whole.Int() < 0 {
		return false
	}
	v := uint64(whole.Int())
	out.SetUint(v)
	return out.Uint() == v
}

func setFloat(out reflect.Value, given any) bool {
	v, ok := given.(float64)
	switch given := given.(type) {
	case int:
		v, ok = float64(given), true
	case uint64:
		v, ok = float64(given), true
	}
	out.SetFloat(v)
	return ok
}

func setTexts(out reflect.Value, given any) bool {
	list, ok := given.([]any)
	texts := make([]string, len(list))
	for i := range list {
		if texts[i], ok = list[i].(string); !ok {
			return false
		}
	}
	out.Set(reflect.ValueOf(texts))
	return ok
}

// describe names a value for an error message.
func describe(given any) string {
	switch given := given.(type) {
	case nil:
		return "nothing"
	case map[string]any:
		return "a section"
	case map[any]any:
		return "a section whose keys are not text"
	case []any:
		return "a list"
	case string:
		return fmt.Sprintf("the text %q", given)
	case time.Time:
		return "a date (quote it, if it is text)"
	default:
		return fmt.Sprint(given)
	}
}

// fromText reads a value from one line of text, as variables and flags have it:
// lists have their items apart by commas or spaces.
func fromText(t reflect.Type, text string) (any, error) {
	if t.Kind() == reflect.Slice {
		if strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]") {
			return nil, fmt.Errorf("want items with commas between them, as in a,b, without brackets and quotes, not %q", text)
		}
		items := []any{}
		for _, item := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
			items = append(items, item)
		}
		return convert(t, items)
	}
	if t == durationType || t.Kind() == reflect.String {
		return convert(t, text)
	}
	var scalar any
	if err := yaml.Unmarshal([]byte(text), &scalar); err != nil {
		return nil, fmt.Errorf("want a plain value, not %q", text)
	}
	return convert(t, scalar)
}
