package config

import (
	"errors"
	"reflect"
	"strings"
)

// every gives all that is wrong with a section, as [Error]s. A Validate names the
// first value only: so each that it names is put back to its default, and it is
// asked again. What has no default of use ends that.
func every[C any](section string, config, defaults C, validate func(*C) error) error {
	var all []error
	said := map[string]bool{}
	standard := schemaOf(defaults).byKey
	for {
		err := validate(&config)
		if err == nil {
			return errors.Join(all...)
		}
		mended, given := layer{}, schemaOf(config).byKey
		for _, one := range flatten(err) {
			key, _, _ := strings.Cut(one.Error(), ":")
			key, _, _ = strings.Cut(key, "[")
			if said[key] { // of what was put in its place
				continue
			}
			said[key] = true
			all = append(all, at(section, one))
			good, bad := standard[key].value, given[key].value
			if good.IsValid() && bad.IsValid() && !reflect.DeepEqual(good.Interface(), bad.Interface()) {
				mended[key] = good.Interface()
			}
		}
		if len(mended) == 0 {
			return errors.Join(all...)
		}
		if config, err = overlay(config, mended); err != nil {
			return errors.Join(all...)
		}
	}
}

// everyOfSource is every for a source, whose Config is its kind's own.
func everyOfSource(section string, source Source) error {
	validate := func(c *SourceConfig) error { return (*c).Validate() }
	for _, k := range kinds {
		if k.name == source.Kind {
			return every(section, source.Config, k.defaults, validate)
		}
	}
	return at(section, source.Config.Validate())
}

// without leaves out what is said of keys of which something is said already.
func without(errs, said []error) (out []error) {
	known := map[string]bool{}
	for _, e := range said {
		var single *Error
		if errors.As(e, &single) {
			known[single.Key] = true
		}
	}
	for _, e := range errs {
		var single *Error
		if !errors.As(e, &single) || !known[single.Key] {
			out = append(out, e)
		}
	}
	return out
}
