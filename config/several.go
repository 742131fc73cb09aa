package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/skygate-io/skygate/adapters/keys"
	"github.com/skygate-io/skygate/pkg/topic"
)

// several are the sections of which there is any number, in a list or under names
// that an operator gives them, and what one is by default. All of a list, or of the
// names, come from one place.
var several = map[reflect.Type]any{
	reflect.TypeFor[keys.Key]():  keys.Key{},
	reflect.TypeFor[topic.Own](): topic.DefaultOwn(),
}

// oneOf gives what one section of a type is by default, when that type holds any
// number of them.
func oneOf(t reflect.Type) (one any, ok bool) {
	if t.Kind() != reflect.Slice && t.Kind() != reflect.Map {
		return nil, false
	}
	one, ok = several[t.Elem()]
	return one, ok
}

// readSeveral reads such a list or such names, as YAML has them.
func readSeveral(t reflect.Type, one any, key string, given any, found *problems) (value any, ok bool) {
	before := len(found.errs)
	if t.Kind() == reflect.Slice {
		list, isList := given.([]any)
		if !isList {
			found.add(key, "want a list of sections, not %s", describe(given))
			return nil, false
		}
		out := reflect.MakeSlice(t, 0, len(list))
		for i, entry := range list {
			out = reflect.Append(out, readOne(one, fmt.Sprintf("%s[%d]", key, i), entry, found))
		}
		return out.Interface(), len(found.errs) == before
	}
	names, isMap := given.(map[string]any)
	if !isMap {
		found.add(key, "want a section of names with sections, not %s", describe(given))
		return nil, false
	}
	out := reflect.MakeMap(t)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		entry := names[name]
		if entry == nil { // a name alone: all as by default
			entry = map[string]any{}
		}
		out.SetMapIndex(reflect.ValueOf(name), readOne(one, join(key, name), entry, found))
	}
	return out.Interface(), len(found.errs) == before
}

// readOne reads one of the sections.
func readOne(one any, key string, given any, found *problems) reflect.Value {
	known := schemaOf(one)
	in, isMap := given.(map[string]any)
	if !isMap {
		found.add(key, "want a section with the keys %s, not %s", strings.Join(known.children[""], ", "), describe(given))
		return reflect.ValueOf(one)
	}
	inner := problems{origin: found.origin, section: join(found.section, key)}
	value, err := overlay(one, layer(known.read("", in, &inner)))
	if err != nil {
		inner.addAll(err)
	}
	found.errs = append(found.errs, inner.errs...)
	return reflect.ValueOf(value)
}

// severalFromText reads them from one line, as variables have it: a line of YAML,
// such as [{name: a, …}].
func severalFromText(t reflect.Type, one any, key, text string, found *problems) (value any, ok bool) {
	var given any
	if err := yaml.Unmarshal([]byte(text), &given); err != nil {
		found.add(key, "%w", explain(err, []byte(text)))
		return nil, false
	}
	return readSeveral(t, one, key, given, found)
}

// severalNode writes them, all from one origin. What is not set in one, and has no
// default, is left out.
func severalNode(value reflect.Value, one any, origin string) (*yaml.Node, error) {
	if value.Len() == 0 {
		node := &yaml.Node{}
		err := node.Encode(value.Interface())
		node.LineComment = "# " + origin
		return node, err
	}
	if value.Kind() == reflect.Slice {
		list := &yaml.Node{Kind: yaml.SequenceNode}
		for i := range value.Len() {
			inner, err := oneNode(value.Index(i).Interface(), one, origin)
			if err != nil {
				return nil, err
			}
			list.Content = append(list.Content, inner)
		}
		return list, nil
	}
	names := newSection()
	byName := value.MapKeys()
	slices.SortFunc(byName, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	for _, name := range byName {
		inner, err := oneNode(value.MapIndex(name).Interface(), one, origin)
		if err != nil {
			return nil, err
		}
		names.node.Content = append(names.node.Content, text(name.String()), inner)
	}
	return names.node, nil
}

func oneNode(value, one any, origin string) (*yaml.Node, error) {
	out, defaults := newSection(), schemaOf(one).byKey
	for _, l := range schemaOf(value).leaves {
		if l.value.IsZero() && defaults[l.key].value.IsZero() {
			continue
		}
		if err := out.add(l, origin); err != nil {
			return nil, err
		}
	}
	return out.node, nil
}
