package config

import (
	"cmp"
	"errors"
	"slices"
)

// Load gives the effective Config: defaults, then the file that the flag
// --config or the variable SKYGATE_CONFIG names, then the environment (as
// [os.Environ] has it), then flags (without the program's name). The error is
// [ErrHelp] when help was asked for, or else tells all that is wrong, as
// [Error]s.
func Load(args, environ []string) (*Config, error) {
	known := schemaOf(Default())
	flags, flagErrs := readFlags(args, known)
	if errors.Is(errors.Join(flagErrs...), ErrHelp) {
		return nil, ErrHelp
	}
	env, envErrs := readEnv(environ, known)

	file, fileErrs := newPlace(), []error(nil)
	if name := cmp.Or(flags.file, env.file); name != "" {
		file, fileErrs = readFile(name, known)
	}
	return composeAll(slices.Concat(fileErrs, envErrs, flagErrs), file, env, flags)
}

// Check says what is wrong with a file, as [Error]s, whatever the environment.
func Check(name string) error {
	file, errs := readFile(name, schemaOf(Default()))
	_, err := composeAll(errs, file)
	return err
}

// composeAll is compose for places in which something is wrong already: it is told
// with what else is wrong.
func composeAll(wrong []error, places ...place) (*Config, error) {
	c, err := compose(places...)
	if err != nil {
		wrong = append(wrong, without(flatten(err), wrong)...)
	}
	if len(wrong) > 0 {
		return nil, errors.Join(wrong...)
	}
	return c, nil
}
