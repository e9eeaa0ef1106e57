package renditions

import (
	"encoding/json"
	"gridwall/backend/hls"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// This includes fields that are added to Description later.
func TestEveryAttributeOfADescriptionIsBounded(t *testing.T) {
	var d Description
	v := reflect.ValueOf(&d).Elem()
	for i := range v.NumField() {
		if v.Field(i).Kind() == reflect.String {
			v.Field(i).SetString(strings.Repeat("é", 1<<16))
		}
	}
	raw, err := json.Marshal(d.Bounded())
	require.NoError(t, err)
	assert.Less(t, len(raw), 24*MaxAttribute+1024)
	assert.NotContains(t, string(raw), `�`)
}

func TestARenditionWithALongNameKeepsItsName(t *testing.T) {
	r := hls.Rendition{Kind: hls.Audio, GroupID: "a", Name: strings.Repeat("long ", 1<<16), Language: "en", URI: "a.m3u8"}
	names, all := Names(nil, []hls.Rendition{r})
	again, _ := Names(all, []hls.Rendition{r})
	assert.Equal(t, names, again)
	require.NotEmpty(t, all)
	for _, d := range all {
		assert.LessOrEqual(t, len(d.Name), MaxAttribute, "the remembered name is short")
	}
}
