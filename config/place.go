package config

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"strings"

	"github.com/go-viper/mapstructure/v2"
	koanfmaps "github.com/knadh/koanf/maps"
	"github.com/knadh/koanf/v2"
)

// A layer holds values of the right types, by their full keys.
type layer map[string]any

var _ koanf.Provider = layer(nil)

// Read implements [koanf.Provider].
func (l layer) Read() (map[string]any, error) { return koanfmaps.Unflatten(l, "."), nil }

// ReadBytes implements [koanf.Provider]; there are none.
func (l layer) ReadBytes() ([]byte, error) { return nil, errors.New("config: a layer has no bytes") }

// A place is the file, the environment or the flags: what it sets.
type place struct {
	values  layer
	origins map[string]string // of the values and of those in the sources
	sources []Source          // nil when it does not name any
	file    string            // the file that it names
}

func newPlace() place { return place{values: layer{}, origins: map[string]string{}} }

func (p *place) set(key string, value any, origin string) {
	p.values[key], p.origins[key] = value, origin
}

func (p *place) setText(key, text string, known schema, found *problems) {
	l, _ := known.leaf(key)
	if one, ok := oneOf(l.typ); ok {
		if value, ok := severalFromText(l.typ, one, key, text, found); ok {
			p.set(key, value, found.origin)
		}
		return
	}
	value, err := fromText(l.typ, text)
	if err != nil {
		found.add(key, "%w", err)
		return
	}
	p.set(key, value, found.origin)
}

// compose puts places over the defaults, the later over the earlier.
func compose(places ...place) (*Config, error) {
	base := Default()
	sources, origins := base.Sources, map[string]string{}
	var layers []layer
	for _, p := range places {
		layers = append(layers, p.values)
		if p.sources != nil {
			sources = p.sources
			maps.DeleteFunc(origins, func(key, _ string) bool { return strings.HasPrefix(key, "sources") })
		}
		maps.Copy(origins, p.origins)
	}
	config, err := overlay(base, layers...)
	config.Sources, config.origins = sources, origins
	if err := errors.Join(err, config.Validate()); err != nil {
		return nil, withOrigins(err, origins)
	}
	config.Auth = config.Auth.Hashed()
	return &config, nil
}

// overlay gives a Config struct with the values of layers over its own.
func overlay[C any](config C, layers ...layer) (C, error) {
	known := schemaOf(config)
	own := layer{}
	for _, l := range known.leaves {
		if l.value.IsValid() {
			own[l.key] = l.value.Interface()
		}
	}
	k := koanf.New(".")
	for _, l := range append([]layer{own}, layers...) {
		if err := k.Load(l, nil); err != nil {
			return config, fmt.Errorf("config: merge: %w", err)
		}
	}
	lacking := known.whole(k)
	for _, l := range known.leaves {
		if lacking != nil && l.optional != "" && !k.Exists(l.key) {
			k.Delete(l.optional) // the rest is of use
		}
	}
	// A key that has no field is a mistake of this package by now.
	out := reflect.New(reflect.TypeOf(config))
	err := k.UnmarshalWithConf("", out.Interface(), koanf.UnmarshalConf{DecoderConfig: &mapstructure.DecoderConfig{
		ErrorUnused: true,
		MatchName:   func(key, field string) bool { return key == strings.ToLower(field) },
	}})
	if err != nil {
		return config, fmt.Errorf("config: decode: %w", err)
	}
	return out.Elem().Interface().(C), lacking
}

// whole names the keys that lack in optional sections of which others are set.
func (s schema) whole(k *koanf.Koanf) error {
	var errs []error
	for _, l := range s.leaves {
		if l.optional != "" && k.Exists(l.optional) && !k.Exists(l.key) {
			errs = append(errs, &Error{Key: l.key, Err: fmt.Errorf("is missing: %s is set, so it needs all of its keys", l.optional)})
		}
	}
	return errors.Join(errs...)
}
