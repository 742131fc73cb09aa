package rules

import (
	"regexp"
	"regexp/syntax"
	"strings"
)

// Bounds of a regular expression. What it takes to match one grows with its steps.
const (
	maxRegex = 500 // bytes
	maxSteps = 500
)

// pattern compiles a regular expression that is to match at the start of a text.
func (b *builder) pattern(path, text string) (*regexp.Regexp, error) {
	if len(text) > maxRegex {
		return nil, wrong(path, "an expression of %d bytes is too long: at most %d", len(text), maxRegex)
	}
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, wrong(path, "is no regular expression (RE2 syntax): %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	if steps(tree) > maxSteps {
		return nil, wrong(path, "is too large an expression, with its repetitions written out; make it shorter")
	}
	b.cost += 10 + 5*steps(tree)
	re, err := regexp.Compile("^(?i:" + text + ")")
	if err != nil {
		return nil, wrong(path, "is no regular expression")
	}
	for _, sample := range [...]string{"A", "0", "~", "é", " \t", "ZZ99"} {
		if !re.MatchString(sample) {
			return re, nil
		}
	}
	return nil, wrong(path, "matches every text, as it matches an empty start; ask for at least one character, such as \"UAL.*\"")
}

// steps is about how long an expression is when its repetitions are written out.
func steps(re *syntax.Regexp) int {
	n := 1 + len(re.Rune)
	if re.Op == syntax.OpCharClass {
		n = 1 + len(re.Rune)/16
	}
	for _, sub := range re.Sub {
		n += steps(sub)
	}
	if re.Op == syntax.OpRepeat {
		n *= max(re.Min, re.Max, 1)
	}
	return min(n, maxSteps+1)
}
