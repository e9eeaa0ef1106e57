package hls

import (
	"fmt"
	"strings"
)

// define reads an EXT-X-DEFINE (RFC 8216bis, section 4.4.2.3) and leaves out its line: rendering substitutes the
// variables. A second definition of a name replaces the first.
func (p *parser) define(l line, at int) error {
	var name, value, imported, query string
	var hasValue bool
	err := p.walk(l, at, func(x *attribute) (op, int, int) {
		switch x.name {
		case "NAME":
			name = x.value
		case "VALUE":
			value, hasValue = x.value, true
		case "IMPORT":
			imported = x.value
		case "QUERYPARAM":
			query = x.value
		}
		return opKeep, 0, 0
	})
	if err != nil {
		return err
	}
	p.doc.drop(l)
	switch {
	case name != "" && hasValue:
	case imported != "":
		v, ok := p.env.Import[imported]
		if !ok {
			return atLine(p.number, "EXT-X-DEFINE", fmt.Errorf("%w: the multivariant playlist defines no %.64q to import", ErrVariable, imported))
		}
		name, value = imported, v
	case query != "":
		if p.query == nil && p.env.URL != nil {
			p.query = p.env.URL.Query()
		}
		value = p.query.Get(query)
		if value == "" {
			return atLine(p.number, "EXT-X-DEFINE", fmt.Errorf("%w: the playlist's URL has no query parameter %.64q", ErrVariable, query))
		}
		name = query
	default:
		return nil
	}
	// A line end or a quote in a value could add tags to the playlist.
	if strings.ContainsAny(value, "\r\n\"") {
		return atLine(p.number, "EXT-X-DEFINE", fmt.Errorf("%w: the value of %.64q holds a quote or a line end", ErrVariable, name))
	}
	if p.vars == nil {
		p.vars = make(map[string]string)
	}
	if _, known := p.vars[name]; !known && len(p.vars) == MaxVariables {
		return atLine(p.number, "EXT-X-DEFINE", fmt.Errorf("%w: the playlist defines more than %d variables", ErrVariable, MaxVariables))
	}
	p.vars[name] = value
	return nil
}

// variables returns copies of the defined variables, which outlive the playlist's text.
func (p *parser) variables() map[string]string {
	if p.vars == nil {
		return nil
	}
	out := make(map[string]string, len(p.vars))
	for name, value := range p.vars {
		out[strings.Clone(name)] = strings.Clone(value)
	}
	return out
}

// expand substitutes each {$name} in s (RFC 8216bis, section 4.3).
func (p *parser) expand(s string) (string, error) {
	if !strings.Contains(s, "{$") {
		return s, nil
	}
	var b strings.Builder
	for {
		i := strings.Index(s, "{$")
		if i < 0 {
			b.WriteString(s)
			return b.String(), nil
		}
		n := i + 2
		for n < len(s) && isVariableByte(s[n]) {
			n++
		}
		b.WriteString(s[:i])
		if n == i+2 || n == len(s) || s[n] != '}' {
			b.WriteString("{$")
			s = s[i+2:]
			continue
		}
		name := s[i+2 : n]
		v, ok := p.vars[name]
		if !ok {
			return "", fmt.Errorf("%w: %.64q", ErrVariable, name)
		}
		if p.added += len(v); p.added > MaxSubstituted {
			return "", fmt.Errorf("%w: the values add more than %d bytes", ErrVariable, MaxSubstituted)
		}
		b.WriteString(v)
		s = s[n+1:]
	}
}

func isVariableByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_'
}
