package timeline

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"gridwall/backend/hls"
)

// The database of an older version does not record the rank of a key's format. Its keys keep their names anyway.
func TestKeysOfAnOlderDatabaseKeepTheirNames(t *testing.T) {
	es := epochs{{First: 3, Format: "key:identity", Identity: "/a"}, {First: 3, Format: "key:com.x", Identity: "/x"}, {First: 3, Format: "map", Identity: "/i"}}
	key := func(uri, format string, from int) (r hls.Resource) {
		r.URI, r.KeyFormat, r.From = uri, format, from
		return r
	}
	same := func(uri string) string { return uri }
	names, changed := nameKeys([]hls.Resource{key("/a", "identity", 0), key("/x", "com.x", 0), key("/b", "identity", 2)}, &es, 7, 9, same)
	assert.Equal(t, []string{"key-3", "key-3-2", "key-9"}, names)
	assert.True(t, changed)
	names, changed = nameKeys([]hls.Resource{key("/x", "com.x", 0), key("/b", "identity", 0)}, &es, 9, 11, same)
	assert.Equal(t, []string{"key-3-2", "key-9"}, names)
	assert.False(t, changed)
}
