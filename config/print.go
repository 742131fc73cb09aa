package config

import (
	"fmt"
	"io"
	"reflect"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Print writes the effective Config as YAML, each value with a comment that
// says where it comes from. It is a file that [Load] takes, so it holds whatever
// password an address holds. (Of keys it holds the hashes.)
func (c *Config) Print(w io.Writer) error {
	top := newSection()
	if err := top.addLeaves(*c, "", c.origins); err != nil {
		return err
	}
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for i, source := range c.Sources {
		at := sourceKey(i)
		entry := newSection()
		for _, l := range []leaf{
			{key: "kind", value: reflect.ValueOf(source.Kind)},
			{key: "name", value: reflect.ValueOf(source.Name)},
		} {
			if err := entry.add(l, c.origins[join(at, l.key)]); err != nil {
				return err
			}
		}
		if err := entry.addLeaves(source.Config, at, c.origins); err != nil {
			return err
		}
		list.Content = append(list.Content, entry.node)
	}
	top.node.Content = append(top.node.Content, text("sources"), list)

	encoder := yaml.NewEncoder(w)
	encoder.SetIndent(2)
	if err := encoder.Encode(top.node); err != nil {
		return fmt.Errorf("write the configuration: %w", err)
	}
	return encoder.Close()
}

// A section is a YAML mapping while it is written.
type section struct {
	node  *yaml.Node
	inner map[string]*section
}

func newSection() *section {
	return &section{node: &yaml.Node{Kind: yaml.MappingNode}, inner: map[string]*section{}}
}

// addLeaves adds all values of a Config whose origins are known by the keys in
// the section at. A name that the section has already is not added again.
func (s *section) addLeaves(config any, at string, origins map[string]string) error {
	for _, l := range schemaOf(config).leaves {
		if !l.value.IsValid() || s.inner[l.key] != nil {
			continue
		}
		if err := s.add(l, origins[join(at, l.key)]); err != nil {
			return err
		}
	}
	return nil
}

func (s *section) add(l leaf, origin string) error {
	name, rest, nested := strings.Cut(l.key, ".")
	if nested {
		if s.inner[name] == nil {
			s.inner[name] = newSection()
			s.node.Content = append(s.node.Content, text(name), s.inner[name].node)
		}
		return s.inner[name].add(leaf{key: rest, value: l.value}, origin)
	}
	if origin == "" {
		origin = "default"
	}
	if one, ok := oneOf(l.value.Type()); ok {
		node, err := severalNode(l.value, one, origin)
		if err != nil {
			return err
		}
		s.inner[name] = &section{node: node}
		s.node.Content = append(s.node.Content, text(name), node)
		return nil
	}
	value := l.value.Interface()
	if d, ok := value.(time.Duration); ok {
		value = d.String()
	}
	node := &yaml.Node{}
	if err := node.Encode(value); err != nil {
		return fmt.Errorf("write %s: %w", l.key, err)
	}
	node.LineComment = "# " + origin
	if node.Kind == yaml.SequenceNode {
		node.Style = yaml.FlowStyle
	}
	s.inner[name] = &section{node: node}
	s.node.Content = append(s.node.Content, text(name), node)
	return nil
}

func text(value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value}
}
