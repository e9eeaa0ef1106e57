package config

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"gridwall/backend/rules"
	"gridwall/backend/tomlfile"
)

// ruleKeys has the keys of a [[rule]], each with a function that sets its value. backend/rules validates the expressions.
var ruleKeys = map[string]func(r *rules.Rule, v value) error{
	rules.FieldName: func(r *rules.Rule, v value) (err error) {
		r.Name, err = v.text(`a name such as "F1 races"`)
		return err
	},
	rules.FieldSeries: func(r *rules.Rule, v value) (err error) {
		r.Series, err = v.text(`a regular expression such as "f1"`)
		return err
	},
	rules.FieldEvent: func(r *rules.Rule, v value) (err error) {
		r.Event, err = v.text(`a regular expression such as "monaco"`)
		return err
	},
	rules.FieldSession: func(r *rules.Rule, v value) (err error) {
		r.Session, err = v.text(`a regular expression such as "race|sprint"`)
		return err
	},
	rules.FieldSources: func(r *rules.Rule, v value) (err error) {
		r.Sources, err = v.texts(`a list of sources' keys such as ["club"]`)
		return err
	},
	rules.FieldTitles: func(r *rules.Rule, v value) (err error) {
		r.Titles, err = v.texts(`a list of regular expressions such as ["world", "onboard"]`)
		return err
	},
	rules.FieldLayout: func(r *rules.Rule, v value) (err error) {
		if n, ok := v.v.(int64); ok { // layout = 2
			r.Layout = strconv.FormatInt(n, 10)
			return nil
		}
		r.Layout, err = v.text("one of " + tomlfile.QuoteList(rules.Layouts))
		return err
	},
	rules.FieldSpare: func(r *rules.Rule, v value) error {
		on, ok := v.v.(bool)
		if !ok {
			return v.mustBe("true or false")
		}
		r.Spare = on
		return nil
	},
	rules.FieldBack: func(r *rules.Rule, v value) (err error) {
		r.SpareBack, err = v.text(`a duration such as "5m"`)
		return err
	},
	rules.FieldDelay: func(r *rules.Rule, v value) (err error) {
		switch n := v.v.(type) { // delay = 30, delay = 12.5
		case int64:
			r.Delay = strconv.FormatInt(n, 10) + "s"
		case float64:
			r.Delay = strconv.FormatFloat(n, 'f', -1, 64) + "s"
		default:
			r.Delay, err = v.text(`seconds such as 30, or a duration such as "30s"`)
		}
		return err
	},
}

// texts returns a list of strings; a single string counts as a list of one.
func (v value) texts(what string) ([]string, error) {
	list, ok := v.v.([]any)
	if !ok {
		if _, ok := v.v.(string); !ok {
			return nil, v.mustBe(what)
		}
		list = []any{v.v}
	}
	out := make([]string, 0, len(list))
	for _, e := range list {
		s, ok := e.(string)
		if !ok {
			return nil, fmt.Errorf("%s must be %s; it contains %s", v.key, what, tomlfile.TypeName(e))
		}
		out = append(out, s)
	}
	return out, nil
}

// rules reads all [[rule]] tables.
func (r *reader) rules(v any) {
	list, ok := v.([]any)
	if !ok {
		r.Fail("rule", "rule must be written in double brackets: [[rule]]")
		return
	}
	if len(list) > rules.Most {
		r.Fail("rule", "there are %d rules; at most %d are allowed", len(list), rules.Most)
		return
	}
	for i, e := range list {
		at := fmt.Sprintf("rule.%d", i)
		table, ok := e.(map[string]any)
		if !ok {
			r.Fail("rule", "rule must be written in double brackets: [[rule]]")
			return
		}
		var one rules.Rule
		before := r.Failures()
		for name, v := range table {
			key := at + "." + name
			set, ok := ruleKeys[name]
			if !ok {
				r.unknown(at, name, slices.Collect(maps.Keys(ruleKeys)))
			} else if err := set(&one, value{"rule." + name, v}); err != nil {
				r.Fail(key, "%s", err)
			}
		}
		if r.Failures() == before {
			_, problems := rules.Compile(one)
			for _, p := range problems {
				place := at + "." + p.Field
				if p.Index >= 0 {
					place += fmt.Sprintf(".%d", p.Index)
				}
				r.Fail(place, "rule.%s", p)
			}
		}
		r.c.Rules = append(r.c.Rules, one)
	}
	r.c.set["rule"] = r.positions.At("rule").Line
}
