package gateway

import (
	"slices"
	"strings"
)

// unknown is the error for a name that is none of those there are. Its hint says
// which of them are like it, or all of them.
func unknown(code, format, name string, names []string) *Error {
	err := errorf(code, format, short(name))
	slices.Sort(names)
	if like := alike(name, names); len(like) > 0 {
		err.Hint = "Like it are: " + strings.Join(like, ", ")
		return err
	}
	err.Hint = "There are: " + strings.Join(names, ", ")
	return err
}

// alike are the names that have a word in common with one. Words are joined by "-",
// "_" or ":".
func alike(name string, names []string) (like []string) {
	words := wordsOf(name)
	for _, candidate := range names {
		if slices.ContainsFunc(wordsOf(candidate), func(word string) bool { return slices.Contains(words, word) }) {
			like = append(like, candidate)
		}
	}
	return like
}

// wordsOf takes a name apart; an "s" at the end of a word does not count.
func wordsOf(name string) []string {
	words := strings.FieldsFunc(strings.ToLower(short(name)), func(r rune) bool { return r == '-' || r == '_' || r == ':' || r == ' ' })
	for i, word := range words {
		words[i] = strings.TrimSuffix(word, "s")
	}
	return words
}
