package shape

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Must is [Parse] of a text that is part of the program.
func Must(text string) Shape {
	s, err := Parse(text)
	if err != nil {
		panic(err)
	}
	return s
}

// Parse reads a shape.
func Parse(text string) (Shape, error) {
	p := &parser{rest: text}
	n := p.union()
	p.space()
	if p.err == nil && p.rest != "" {
		p.fail("nothing more")
	}
	if p.err != nil {
		return Shape{}, fmt.Errorf("shape %q: %w", text, p.err)
	}
	return Shape{text, n}, nil
}

// parser reads from the beginning of rest. After an error it reads nothing.
type parser struct {
	rest string
	err  error
}

func (p *parser) fail(want string) {
	if p.err == nil {
		p.err = fmt.Errorf("expected %s before %q", want, p.rest)
	}
	p.rest = ""
}

func (p *parser) space() { p.rest = strings.TrimLeft(p.rest, " \t\n") }

// take reads a sign, if it is there.
func (p *parser) take(sign string) bool {
	p.space()
	rest, ok := strings.CutPrefix(p.rest, sign)
	p.rest = rest
	return ok
}

func (p *parser) need(sign string) {
	if !p.take(sign) {
		p.fail(strconv.Quote(sign))
	}
}

func (p *parser) union() node {
	first := p.one()
	if !p.take("|") {
		return first
	}
	e := either{first, p.one()}
	for p.take("|") {
		e = append(e, p.one())
	}
	return e
}

func (p *parser) one() node {
	switch {
	case p.take("{"):
		return p.object()
	case p.take("["):
		return p.list()
	}
	p.space()
	switch {
	case strings.HasPrefix(p.rest, `"`):
		return exact{p.quoted(), p.take("~")}
	case p.rest != "" && strings.ContainsRune("-0123456789", rune(p.rest[0])):
		low := p.number()
		high := low
		if p.take("..") {
			high = p.number()
		}
		return between{low, high}
	}
	name := p.word()
	if _, ok := kinds[name]; !ok {
		p.fail("a kind, not " + strconv.Quote(name))
	}
	return kind(name)
}

func (p *parser) object() node {
	o := object{}
	if p.take("}") {
		return o
	}
	for {
		m := member{name: p.word()}
		m.optional = p.take("?")
		p.need(":")
		m.node = p.union()
		if o = append(o, m); !p.take(",") {
			break
		}
	}
	p.need("}")
	return o
}

func (p *parser) list() node {
	l := list{some: p.take("~")}
	if !l.some && p.take("]") {
		return l
	}
	first := p.union()
	switch {
	case l.some:
		l.each = first
	case p.take("*"):
		l.each = first
	case p.take("+"):
		l.each, l.least = first, 1
	default:
		l.these = []node{first}
		for p.take(",") {
			l.these = append(l.these, p.union())
		}
	}
	p.need("]")
	return l
}

func (p *parser) word() string {
	p.space()
	end := strings.IndexFunc(p.rest, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
	if end < 0 {
		end = len(p.rest)
	}
	if end == 0 {
		p.fail("a word")
		return ""
	}
	word := p.rest[:end]
	p.rest = p.rest[end:]
	return word
}

func (p *parser) number() float64 {
	p.space()
	end := 0
	for end < len(p.rest) && strings.ContainsRune("-0123456789.", rune(p.rest[end])) && !strings.HasPrefix(p.rest[end:], "..") {
		end++
	}
	v, err := strconv.ParseFloat(p.rest[:end], 64)
	if err != nil {
		p.fail("a number")
		return math.NaN()
	}
	p.rest = p.rest[end:]
	return v
}

func (p *parser) quoted() string {
	var s string
	d := json.NewDecoder(strings.NewReader(p.rest))
	if err := d.Decode(&s); err != nil {
		p.fail("a text")
		return ""
	}
	p.rest = p.rest[d.InputOffset():]
	return s
}
