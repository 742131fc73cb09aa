package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// setSources takes a list of sources, as YAML has it.
func (p *place) setSources(list any, found *problems) {
	entries, ok := list.([]any)
	if !ok {
		found.add("sources", "want a list, not %s", describe(list))
		return
	}
	p.sources = make([]Source, 0, len(entries)) // an empty list is a list, and refused as such
	for i, given := range entries {
		inner := problems{origin: found.origin, section: sourceKey(i)}
		source, keys := readSource(given, p.sources, &inner)
		p.sources = append(p.sources, source)
		p.origins[inner.section] = found.origin
		for _, key := range keys {
			p.origins[join(inner.section, key)] = found.origin
		}
		found.errs = append(found.errs, inner.errs...)
	}
}

// readSource reads one entry, and gives the keys that it sets. It is of use
// only if nothing was found wrong.
func readSource(given any, others []Source, found *problems) (source Source, keys []string) {
	entry, ok := given.(map[string]any)
	if !ok {
		found.add("", "want a section with a kind, not %s", describe(given))
		return source, nil
	}
	kind, ok := findKind(entry["kind"], found)
	if !ok {
		return source, nil
	}
	values := kind.schema().read("", entry, found)
	config, byAddress := kind.defaults, []string(nil)
	if address, ok := values["address"].(string); ok {
		var err error
		if config, err = kind.parse(address); err != nil {
			found.add("address", "%w", err)
			return source, nil
		}
		byAddress = differing(config, kind.defaults)
	}
	for _, key := range byAddress {
		if _, ok := values[key]; ok {
			found.add(key, "is set twice: by itself, and by the address")
		}
	}
	keys = append(byAddress, slices.Collect(maps.Keys(values))...)

	source = Source{Kind: kind.name, Name: freeName(kind.name, askedName(values, config, byAddress), others, found)}
	options := layer{}
	for _, l := range schemaOf(config).leaves {
		if value, ok := values[l.key]; ok {
			options[l.key] = value
		}
		if l.key == "name" {
			options["name"] = source.Name
		}
	}
	var err error
	if source.Config, err = overlay(config, options); err != nil {
		found.addAll(err)
	}
	return source, keys
}

func findKind(given any, found *problems) (kind, bool) {
	all := make([]string, len(kinds))
	for i, k := range kinds {
		if k.name == given {
			return k, true
		}
		all[i] = k.name
	}
	switch name, isText := given.(string); {
	case given == nil:
		found.add("kind", "is missing: it is one of %s", strings.Join(all, ", "))
	case !isText:
		found.add("kind", "want text, not %s", describe(given))
	case withKind(name) != "":
		found.add("kind", "this is an address, not one of %s%s", strings.Join(all, ", "), withKind(name))
	default:
		found.add("kind", "%q is not one of %s%s", name, strings.Join(all, ", "), nearest(name, all))
	}
	return kind{}, false
}

// schema knows the keys of an entry: those of the kind's Config, and those that
// every entry has.
func (k kind) schema() schema {
	s := schemaOf(struct{ Kind, Name, Address string }{})
	s.walk(leaf{typ: reflect.TypeOf(k.defaults), value: reflect.ValueOf(k.defaults)})
	return s
}

// askedName gives the name that an entry sets, by itself or in its address; ""
// when it sets none.
func askedName(values map[string]any, config SourceConfig, byAddress []string) string {
	if name, ok := values["name"].(string); ok {
		return name
	}
	if slices.Contains(byAddress, "name") {
		return schemaOf(config).byKey["name"].value.String()
	}
	return ""
}

// freeName gives the name that is asked for, or makes one that no other has.
func freeName(kindName, asked string, others []Source, found *problems) string {
	taken := func(name string) int {
		return slices.IndexFunc(others, func(other Source) bool { return other.Name == name })
	}
	if i := taken(asked); asked != "" && i >= 0 {
		found.add("name", "%q is the name of sources[%d] already", asked, i)
	}
	if asked != "" {
		return asked
	}
	name := kindName
	for n := 2; taken(name) >= 0; n++ {
		name = fmt.Sprintf("%s-%d", kindName, n)
	}
	return name
}

// differing gives the keys whose values are not the defaults.
func differing(config, defaults SourceConfig) []string {
	var keys []string
	standard := schemaOf(defaults).byKey
	for _, l := range schemaOf(config).leaves {
		other := standard[l.key].value
		if l.value.IsValid() && (!other.IsValid() || !reflect.DeepEqual(l.value.Interface(), other.Interface())) {
			keys = append(keys, l.key)
		}
	}
	return keys
}
