package config

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// A leaf is a key that has a value of its own.
type leaf struct {
	key string
	typ reflect.Type
	// value is what the Config holds. It is not valid in an optional section
	// that is not there.
	value reflect.Value
	// optional is the section that is whole or not there at all; "" when the
	// leaf is in none.
	optional string
}

// A schema knows the keys of a Config, and their values.
type schema struct {
	leaves []leaf // in the order in which they are declared
	byKey  map[string]leaf
	// children are the names in each section; that of the top is "".
	children map[string][]string
	// open are the sections that take names of all kinds, and the type of their
	// values.
	open map[string]reflect.Type
}

// openName is what a name in an open section may be. It is a part of a key, and of
// the name of a variable.
var openName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// leaf gives the leaf of a key, also of one that an open section takes.
func (s schema) leaf(key string) (leaf, bool) {
	if l, ok := s.byKey[key]; ok {
		return l, true
	}
	i := strings.LastIndexByte(key, '.')
	if typ := s.open[key[:max(i, 0)]]; typ != nil && openName.MatchString(key[i+1:]) {
		return leaf{key: key, typ: typ}, true
	}
	return leaf{}, false
}

// isSection says whether keys begin with this one.
func (s schema) isSection(key string) bool { return s.children[key] != nil || s.open[key] != nil }

// schemaOf reads the keys off a Config struct: their names are its koanf tags,
// or else the fields' names in lower case. A pointer is an optional section.
// An embedded struct that is squashed has its keys there.
// A map of sections has those of this value, a map of plain values takes any name.
// What is in the table [several] is one leaf.
func schemaOf(config any) schema {
	s := schema{byKey: map[string]leaf{}, children: map[string][]string{}, open: map[string]reflect.Type{}}
	v := reflect.ValueOf(config)
	s.walk(leaf{typ: v.Type(), value: v})
	return s
}

func (s *schema) walk(at leaf) {
	switch at.typ.Kind() {
	case reflect.Pointer:
		value := reflect.Value{}
		if at.value.IsValid() && !at.value.IsNil() {
			value = at.value.Elem()
		}
		s.walk(leaf{at.key, at.typ.Elem(), value, at.key})
	case reflect.Struct:
		for i := range at.typ.NumField() {
			field := at.typ.Field(i)
			name := keyOf(field)
			if name == "-" || !field.IsExported() {
				continue
			}
			value := reflect.Value{}
			if at.value.IsValid() {
				value = at.value.Field(i)
			}
			if isSquashed(field) {
				s.walk(leaf{at.key, field.Type, value, at.optional})
				continue
			}
			s.child(at, name, field.Type, value)
		}
	case reflect.Map:
		if _, ok := oneOf(at.typ); ok {
			s.add(at)
			return
		}
		if elem := at.typ.Elem(); elem.Kind() != reflect.Struct {
			s.open[at.key] = elem
		}
		keys := at.value.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, key := range keys {
			s.child(at, key.String(), at.typ.Elem(), at.value.MapIndex(key))
		}
	default:
		s.add(at)
	}
}

func (s *schema) add(l leaf) {
	s.leaves = append(s.leaves, l)
	s.byKey[l.key] = l
}

func (s *schema) child(of leaf, name string, typ reflect.Type, value reflect.Value) {
	s.children[of.key] = append(s.children[of.key], name)
	s.walk(leaf{join(of.key, name), typ, value, of.optional})
}

// isSquashed says whether the keys of a struct in another are the other's own.
func isSquashed(field reflect.StructField) bool { return field.Tag.Get("koanf") == ",squash" }

func keyOf(field reflect.StructField) string {
	if tag := field.Tag.Get("koanf"); tag != "" {
		return tag
	}
	return strings.ToLower(field.Name)
}
