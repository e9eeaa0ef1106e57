package source

import (
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestEveryFieldThatDecidesTheRequestsOfASourceIsCompared(t *testing.T) {
	harmless := []string{"Name", "Enabled", "Interval", "Timeout", "File", "positions"}
	fields := reflect.TypeFor[Source]()
	for i := range fields.NumField() {
		name := fields.Field(i).Name
		if name == "positions" {
			continue
		}
		var s Source
		v := reflect.ValueOf(&s).Elem().Field(i)
		switch v.Kind() {
		case reflect.String:
			v.SetString("x")
		case reflect.Bool:
			v.SetBool(true)
		case reflect.Int64:
			v.SetInt(1)
		case reflect.Map:
			v.Set(reflect.ValueOf(map[string]string{"A": "b"}))
		case reflect.Slice:
			item := reflect.New(v.Type().Elem()).Elem()
			if item.Kind() == reflect.Struct {
				item.Field(0).SetString("x")
			} else {
				item.SetString("x")
			}
			v.Set(reflect.Append(v, item))
		default:
			t.Fatalf("%s is of a kind that this test does not fill", name)
		}
		assert.Equal(t, slices.Contains(harmless, name), s.SameReach(Source{}), name)
		assert.True(t, s.SameReach(s), name)
	}
	renamed := Source{Streams: []Direct{{URL: "u", Title: "Pit"}}}
	assert.True(t, renamed.SameReach(Source{Streams: []Direct{{URL: "u", Title: "Pit lane", Quality: "1080p"}}}))
}
