package rules

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
)

// pattern is a regular expression in two forms: as written, and without accents.
type pattern struct {
	written, plain *regexp.Regexp
	// literal is the text to find, in lower case and without accents, if the expression is plain text; "" otherwise. Most are,
	// and finding text is faster: lists have 50,000 titles.
	literal string
}

// forms is a text in the forms that patterns are compared with.
type forms struct{ text, folded, lower string }

func formsOf(text string) forms {
	folded := Fold(text)
	return forms{text, folded, strings.ToLower(folded)}
}

// compile compiles a regular expression. Its error is one line in plain words.
func compile(text string) (*pattern, error) {
	if len(text) > maxPattern {
		return nil, fmt.Errorf("longer than %d bytes", maxPattern)
	}
	if strings.ContainsFunc(text, unicode.IsControl) {
		return nil, errors.New("it contains a control character")
	}
	written, err := regexp.Compile("(?i)" + text)
	if err != nil {
		return nil, plainError(err)
	}
	p := &pattern{written: written, plain: written}
	folded := foldPattern(text)
	if folded != text {
		// An expression may be invalid without accents, such as the range [a-é]; then it matches only as written.
		if plain, err := regexp.Compile("(?i)" + folded); err == nil {
			p.plain = plain
		}
	}
	if tree, err := syntax.Parse(folded, syntax.Perl); err == nil && tree.Op == syntax.OpLiteral && tree.Flags&syntax.FoldCase == 0 {
		p.literal = strings.ToLower(Fold(string(tree.Rune)))
	}
	return p, nil
}

// plainError explains an error in a regular expression in plain words.
func plainError(err error) error {
	var e *syntax.Error
	if !errors.As(err, &e) {
		return errors.New("not a regular expression")
	}
	hint := map[syntax.ErrorCode]string{
		syntax.ErrMissingParen:          "a ( is never closed; write \\( for the character itself",
		syntax.ErrUnexpectedParen:       "a ) was never opened; write \\) for the character itself",
		syntax.ErrMissingBracket:        "a [ is never closed; write \\[ for the character itself",
		syntax.ErrMissingRepeatArgument: "there is nothing before " + e.Expr + " to repeat; write \\" + e.Expr + " for the character itself",
		syntax.ErrInvalidRepeatOp:       e.Expr + " repeats a repetition",
		syntax.ErrInvalidRepeatSize:     e.Expr + " repeats more than 1000 times, or backwards",
		syntax.ErrTrailingBackslash:     "it ends with a backslash; write \\\\ for the character itself",
		syntax.ErrInvalidEscape:         e.Expr + " is not a known escape",
		syntax.ErrInvalidCharRange:      e.Expr + " is not a range of characters",
		syntax.ErrInvalidPerlOp:         e.Expr + " is not supported (RE2 has no lookahead and no lookbehind)",
		syntax.ErrInvalidUTF8:           "it is not UTF-8",
		syntax.ErrNestingDepth:          "it is nested too deeply",
		syntax.ErrLarge:                 "it is too large",
	}[e.Code]
	if hint == "" {
		hint = string(e.Code)
	}
	return errors.New("not a regular expression: " + strings.Join(strings.Fields(hint), " "))
}

// matches reports whether the pattern matches one of the texts. A nil pattern matches everything.
func (p *pattern) matches(texts ...string) bool {
	return p == nil || slices.ContainsFunc(texts, func(t string) bool { return p.matchesForms(formsOf(t)) })
}

func (p *pattern) matchesForms(t forms) bool {
	if p.literal != "" {
		return strings.Contains(t.lower, p.literal)
	}
	if p.written.MatchString(t.text) {
		return true
	}
	return (p.plain != p.written || t.folded != t.text) && p.plain.MatchString(t.folded)
}
