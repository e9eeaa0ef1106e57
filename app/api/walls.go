package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxWalls bounds the saved walls; one more is refused with CodeInvalid.
	maxWalls = 200
	// maxWall bounds a saved wall in bytes of JSON; a larger one is refused with CodeTooLarge. Nine tiles need 4 KiB.
	maxWall = 64 << 10
	// maxWallName bounds a wall's name in characters.
	maxWallName = 60
)

// Revisions that name no content. Every other one is a hash of what the wall holds.
const (
	// revisionAbsent says that no wall of the name is expected.
	revisionAbsent = "0"
	// revisionAny says that any wall of the name may be replaced or deleted, as If-Match: * does.
	revisionAny = "*"
)

// Wall is a wall of feeds that was saved under a name.
type Wall struct {
	Name     string  `json:"name"`
	Revision string  `json:"revision" doc:"Changes with the wall; to be named when it is replaced or deleted. The ETag over HTTP."`
	Wall     Layouts `json:"wall" doc:"What the client saved: a JSON object."`
}

// WallList answers Walls, in the order of the names.
type WallList struct {
	Walls []Wall `json:"walls" nullable:"false"`
}

// WallChange saves a wall.
type WallChange struct {
	Revision string  `json:"revision" doc:"The revision to be replaced; 0 where there is none yet; * for any; empty: the name must be free."`
	Wall     Layouts `json:"wall" doc:"A JSON object of at most 64 KiB."`
}

// Walls lists the saved walls.
func (a *API) Walls(context.Context) (WallList, error) {
	a.walls.Lock()
	defer a.walls.Unlock()
	docs, err := a.savedWalls()
	if err != nil {
		return WallList{}, AsError(err)
	}
	list := WallList{Walls: make([]Wall, 0, len(docs))}
	for name, doc := range docs {
		list.Walls = append(list.Walls, Wall{name, revisionOf(doc), doc})
	}
	slices.SortFunc(list.Walls, func(a, b Wall) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

// Wall answers one saved wall, or CodeUnknownWall.
func (a *API) Wall(_ context.Context, name string) (Wall, error) {
	a.walls.Lock()
	defer a.walls.Unlock()
	docs, err := a.savedWalls()
	if err != nil {
		return Wall{}, AsError(err)
	}
	doc, ok := docs[name]
	if !ok {
		return Wall{}, unknownWall(name)
	}
	return Wall{name, revisionOf(doc), doc}, nil
}

// PutWall saves a wall under a name. It replaces the one of that name only where the caller has seen it: CodeStale where
// the revision is another one, CodePreconditionRequired where none was named.
func (a *API) PutWall(_ context.Context, name string, change WallChange) (Wall, error) {
	if err := checkWall(name, change.Wall); err != nil {
		return Wall{}, err
	}
	a.walls.Lock()
	defer a.walls.Unlock()
	docs, err := a.savedWalls()
	if err != nil {
		return Wall{}, AsError(err)
	}
	old, found := docs[name]
	if err := checkRevision(name, old, found, change.Revision); err != nil {
		return Wall{}, err
	}
	if !found && len(docs) >= maxWalls {
		return Wall{}, Errorf(CodeInvalid, "%d walls are saved, which is the most; delete one first", maxWalls)
	}
	doc := slices.Clone(change.Wall)
	if err := a.o.Documents.SaveWall(name, doc); err != nil {
		return Wall{}, AsError(err)
	}
	a.bus.publish(EventWalls, nil)
	return Wall{name, revisionOf(doc), doc}, nil
}

// DeleteWall deletes a saved wall, under the same condition as PutWall.
func (a *API) DeleteWall(_ context.Context, name, revision string) error {
	a.walls.Lock()
	defer a.walls.Unlock()
	docs, err := a.savedWalls()
	if err != nil {
		return AsError(err)
	}
	old, found := docs[name]
	if !found {
		return unknownWall(name)
	}
	if err := checkRevision(name, old, found, revision); err != nil {
		return err
	}
	if err := a.o.Documents.DeleteWall(name); err != nil {
		return AsError(err)
	}
	a.bus.publish(EventWalls, nil)
	return nil
}

func unknownWall(name string) error {
	return Errorf(CodeUnknownWall, "no wall is saved as %q; GET /api/v1/walls lists those that are", name)
}

func revisionOf(doc []byte) string {
	sum := sha256.Sum256(doc)
	return hex.EncodeToString(sum[:8])
}

func checkRevision(name string, doc []byte, found bool, revision string) error {
	switch {
	case revision == "" && !found:
		return nil
	case revision == "":
		return Errorf(CodePreconditionRequired,
			"the wall %q exists; name the revision that you have seen in If-Match, so that no change of another screen is lost", name)
	case revision == revisionAbsent && found:
		return Errorf(CodeStale, "the wall %q exists already; read it, and name its revision in If-Match", name)
	case revision == revisionAbsent:
		return nil
	case !found:
		return Errorf(CodeStale, "the wall %q does not exist any more", name)
	case revision != revisionAny && revision != revisionOf(doc):
		return Errorf(CodeStale, "the wall %q was changed meanwhile; read it again", name)
	}
	return nil
}

func checkWall(name string, doc Layouts) error {
	switch {
	case strings.TrimSpace(name) == "" || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return Errorf(CodeInvalid, "the name of a wall must be text, without control characters")
	case utf8.RuneCountInString(name) > maxWallName:
		return Errorf(CodeInvalid, "the name of a wall may have %d characters at most", maxWallName)
	case len(doc) > maxWall:
		return Errorf(CodeTooLarge, "a wall may have %d bytes at most", maxWall)
	case !json.Valid(doc):
		return Errorf(CodeBadRequest, "a wall must be JSON")
	case strings.TrimSpace(string(doc))[0] != '{':
		return Errorf(CodeInvalid, "a wall must be a JSON object")
	}
	return nil
}

// savedWalls are the saved walls by name. Those that an older version kept within the layouts are moved out first. The
// caller holds a.walls.
func (a *API) savedWalls() (map[string][]byte, error) {
	docs, err := a.o.Documents.Walls()
	if err != nil {
		return nil, err
	}
	if moved, err := a.o.Documents.WallsMoved(); moved || err != nil {
		return docs, err
	}
	layouts, err := a.o.Documents.Layouts()
	if err != nil {
		return nil, err
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(layouts, &fields) == nil && fields["named"] != nil {
		for name, doc := range namedWithin(fields["named"]) {
			if _, found := docs[name]; found || checkWall(name, doc) != nil || len(docs) >= maxWalls {
				continue
			}
			if err := a.o.Documents.SaveWall(name, doc); err != nil {
				return nil, err
			}
			docs[name] = doc
		}
		delete(fields, "named")
		rest, err := json.Marshal(fields)
		if err != nil {
			return nil, err
		}
		if err := a.o.Documents.SaveLayouts(rest); err != nil {
			return nil, err
		}
	}
	// From now on what a page of that version saves within the layouts is nobody's: walls that were deleted since would
	// come back with it.
	if err := a.o.Documents.SetWallsMoved(); err != nil {
		return nil, err
	}
	return docs, nil
}

// namedWithin reads the list in which version 0.1 kept the saved walls: objects with a name beside the wall's fields.
func namedWithin(list json.RawMessage) map[string][]byte {
	var walls []json.RawMessage
	if json.Unmarshal(list, &walls) != nil {
		return nil
	}
	out := map[string][]byte{}
	for _, text := range walls {
		var w map[string]json.RawMessage
		var name string
		if json.Unmarshal(text, &w) != nil || json.Unmarshal(w["name"], &name) != nil {
			continue
		}
		delete(w, "name")
		if doc, err := json.Marshal(w); err == nil {
			out[name] = doc
		}
	}
	return out
}
