package api

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func codeOf(t *testing.T, err error) Code {
	t.Helper()
	require.Error(t, err)
	return AsError(err).Code
}

func TestASavedWallIsNeverOverwrittenByAScreenThatHasNotSeenIt(t *testing.T) {
	a, _ := facade(t, database(t), "")
	ctx := t.Context()
	laptop, err := a.PutWall(ctx, "Monaco", WallChange{Wall: Layouts(`{"tiles":[{"id":"a"}]}`)})
	require.NoError(t, err)

	_, err = a.PutWall(ctx, "Monaco", WallChange{Wall: Layouts(`{"tiles":[]}`)})
	assert.Equal(t, CodePreconditionRequired, codeOf(t, err))
	_, err = a.PutWall(ctx, "Monaco", WallChange{Wall: Layouts(`{"tiles":[]}`), Revision: revisionAbsent})
	assert.Equal(t, CodeStale, codeOf(t, err))
	assert.Equal(t, CodePreconditionRequired, codeOf(t, a.DeleteWall(ctx, "Monaco", "")))

	tv, err := a.PutWall(ctx, "Monaco", WallChange{Wall: Layouts(`{"tiles":[{"id":"b"}]}`), Revision: laptop.Revision})
	require.NoError(t, err)
	_, err = a.PutWall(ctx, "Monaco", WallChange{Wall: Layouts(`{"tiles":[]}`), Revision: laptop.Revision})
	assert.Equal(t, CodeStale, codeOf(t, err))
	assert.Equal(t, CodeStale, codeOf(t, a.DeleteWall(ctx, "Monaco", laptop.Revision)))

	got, err := a.Wall(ctx, "Monaco")
	require.NoError(t, err)
	assert.Equal(t, tv, got)
	assert.JSONEq(t, `{"tiles":[{"id":"b"}]}`, string(got.Wall))

	require.NoError(t, a.DeleteWall(ctx, "Monaco", tv.Revision))
	_, err = a.Wall(ctx, "Monaco")
	assert.Equal(t, CodeUnknownWall, codeOf(t, err))
	_, err = a.PutWall(ctx, "Monaco", WallChange{Wall: Layouts(`{}`), Revision: tv.Revision})
	assert.Equal(t, CodeStale, codeOf(t, err), "what another screen deleted does not come back unasked")
	_, err = a.PutWall(ctx, "Monaco", WallChange{Wall: Layouts(`{}`), Revision: revisionAbsent})
	require.NoError(t, err, "it does where somebody takes the deletion back")
}

func TestWallsSavedByAnOlderVersionAreKept(t *testing.T) {
	db := database(t)
	a, _ := facade(t, db, "")
	_, err := a.PutLayouts(t.Context(), Layouts(`{"version":1,"muted":true,"named":[
		{"name":"Race day","layout":"1+3","tiles":[{"id":"a"}]}, 7, {"name":""}, {"layout":"2x2"}]}`))
	require.NoError(t, err)
	list, err := a.Walls(t.Context())
	require.NoError(t, err)
	require.Len(t, list.Walls, 1)
	assert.Equal(t, "Race day", list.Walls[0].Name)
	assert.JSONEq(t, `{"layout":"1+3","tiles":[{"id":"a"}]}`, string(list.Walls[0].Wall))
	rest, err := a.Layouts(t.Context())
	require.NoError(t, err)
	assert.JSONEq(t, `{"version":1,"muted":true}`, string(rest))

	require.NoError(t, a.DeleteWall(t.Context(), "Race day", revisionAny))
	again, _ := facade(t, db, "")
	list, err = again.Walls(t.Context())
	require.NoError(t, err)
	assert.Empty(t, list.Walls, "one that was deleted stays deleted")
}

func TestADeletedWallDoesNotComeBackFromAPageOfTheVersionBefore(t *testing.T) {
	db := database(t)
	a, _ := facade(t, db, "")
	old := Layouts(`{"version":1,"muted":true,"named":[{"name":"Race day","layout":"1+3","tiles":[]}]}`)
	_, err := a.PutLayouts(t.Context(), old)
	require.NoError(t, err)
	list, err := a.Walls(t.Context())
	require.NoError(t, err)
	require.Len(t, list.Walls, 1)
	require.NoError(t, a.DeleteWall(t.Context(), "Race day", revisionAny))

	// The page is still open, and saves all that it knows.
	_, err = a.PutLayouts(t.Context(), old)
	require.NoError(t, err)
	for range 2 {
		list, err = a.Walls(t.Context())
		require.NoError(t, err)
		assert.Empty(t, list.Walls)
		rest, err := a.Layouts(t.Context())
		require.NoError(t, err)
		assert.JSONEq(t, `{"version":1,"muted":true}`, string(rest))
		a, _ = facade(t, db, "") // and Gridwall is started again
	}
}

func TestAWallThatCannotBeKeptIsRefused(t *testing.T) {
	a, _ := facade(t, database(t), "")
	for name, doc := range map[string]string{
		"  ":                    `{}`,
		"a\nb":                  `{}`,
		"\xff":                  `{}`,
		strings.Repeat("ä", 61): `{}`,
		"list":                  `[]`,
		"broken":                `{`,
		"nothing":               ``,
		"large":                 `{"a":"` + strings.Repeat("x", maxWall) + `"}`,
	} {
		_, err := a.PutWall(t.Context(), name, WallChange{Wall: Layouts(doc)})
		assert.Error(t, err, "%q", name)
	}
	list, err := a.Walls(t.Context())
	require.NoError(t, err)
	assert.Empty(t, list.Walls)
	_, err = a.PutWall(t.Context(), strings.Repeat("ä", 60), WallChange{Wall: Layouts(`{}`)})
	assert.NoError(t, err)
}
