package walls

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"gridwall/backend/stream"
)

const (
	// maxWalls bounds the saved walls; one more is refused with stream.ErrInvalid.
	maxWalls = 200
	// maxWall bounds a saved wall in bytes of JSON; a larger one is refused with stream.ErrTooLarge. Nine tiles need 4 KiB.
	maxWall = 64 << 10
	// maxName bounds a wall's name in characters.
	maxName = 60
)

// Revisions that name no content. Every other one is a hash of the wall's content.
const (
	// revisionAbsent means that no wall of the name is expected.
	revisionAbsent = "0"
	// revisionAny means that any wall of the name may be replaced or deleted, as If-Match: * does.
	revisionAny = "*"
)

var (
	// ErrUnknown is returned when no wall is saved under the name.
	ErrUnknown = errors.New("unknown wall")
	// ErrStale is returned when a wall has changed since the revision that the caller names.
	ErrStale = errors.New("wall has changed")
	// ErrRevisionRequired is returned when a wall would be replaced by a caller that names no revision.
	ErrRevisionRequired = errors.New("revision required")
)

// documents stores walls and layouts.
type documents interface {
	Layouts() ([]byte, error) // nil if none were saved
	SaveLayouts(doc []byte) error
	// Walls are the saved walls by name.
	Walls() (map[string][]byte, error)
	SaveWall(name string, doc []byte) error
	DeleteWall(name string) error
	// WallsMoved reports whether SetWallsMoved was ever called.
	WallsMoved() (bool, error)
	SetWallsMoved() error
}

// Walls are the saved walls and the layouts. They are safe for concurrent use.
type Walls struct {
	docs     documents
	onChange func()

	// mu is held while stored documents are read and changed, so that a revision is compared and replaced in one step.
	mu sync.Mutex
}

// New returns the walls that docs holds. onChange is called after a wall has changed, without a lock.
func New(docs documents, onChange func()) *Walls { return &Walls{docs: docs, onChange: onChange} }

// Wall is a saved wall.
type Wall struct {
	Name     string
	Revision string          // changes with Wall
	Wall     json.RawMessage // a JSON object
}

// All returns the saved walls, sorted by name.
func (w *Walls) All() ([]Wall, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	docs, err := w.saved()
	if err != nil {
		return nil, err
	}
	list := make([]Wall, 0, len(docs))
	for name, doc := range docs {
		list = append(list, Wall{name, revisionOf(doc), doc})
	}
	slices.SortFunc(list, func(a, b Wall) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

// Get returns one saved wall, or ErrUnknown.
func (w *Walls) Get(name string) (Wall, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	docs, err := w.saved()
	if err != nil {
		return Wall{}, err
	}
	doc, ok := docs[name]
	if !ok {
		return Wall{}, unknown(name)
	}
	return Wall{name, revisionOf(doc), doc}, nil
}

// Put saves a wall, a JSON object, under a name. revision is the one that it replaces, "0" for none, "*" for any, "" where
// the name must be free. It returns ErrStale, ErrRevisionRequired, stream.ErrInvalid, ErrMalformed or ErrTooLarge.
func (w *Walls) Put(name string, wall json.RawMessage, revision string) (Wall, error) {
	if err := checkWall(name, wall); err != nil {
		return Wall{}, err
	}
	doc := slices.Clone(wall)
	if err := w.put(name, doc, revision); err != nil {
		return Wall{}, err
	}
	w.onChange()
	return Wall{name, revisionOf(doc), doc}, nil
}

func (w *Walls) put(name string, doc []byte, revision string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	docs, err := w.saved()
	if err != nil {
		return err
	}
	old, found := docs[name]
	if err := checkRevision(name, old, found, revision); err != nil {
		return err
	}
	if !found && len(docs) >= maxWalls {
		return stream.Errorf(stream.ErrInvalid, "%d walls are saved, which is the most; delete one first", maxWalls)
	}
	return w.docs.SaveWall(name, doc)
}

// Delete deletes a saved wall. It returns ErrUnknown, or what Put returns for the revision.
func (w *Walls) Delete(name, revision string) error {
	if err := w.delete(name, revision); err != nil {
		return err
	}
	w.onChange()
	return nil
}

func (w *Walls) delete(name, revision string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	docs, err := w.saved()
	if err != nil {
		return err
	}
	old, found := docs[name]
	if !found {
		return unknown(name)
	}
	if err := checkRevision(name, old, found, revision); err != nil {
		return err
	}
	return w.docs.DeleteWall(name)
}

func unknown(name string) error {
	return stream.Errorf(ErrUnknown, "no wall is saved as %q; GET /api/v1/walls lists those that are", name)
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
		return stream.Errorf(ErrRevisionRequired,
			"the wall %q exists; name the revision that you have seen in If-Match, so that no change of another screen is lost", name)
	case revision == revisionAbsent && found:
		return stream.Errorf(ErrStale, "the wall %q exists already; read it, and name its revision in If-Match", name)
	case revision == revisionAbsent:
		return nil
	case !found:
		return stream.Errorf(ErrStale, "the wall %q does not exist any more", name)
	case revision != revisionAny && revision != revisionOf(doc):
		return stream.Errorf(ErrStale, "the wall %q was changed meanwhile; read it again", name)
	}
	return nil
}

func checkWall(name string, doc json.RawMessage) error {
	switch {
	case strings.TrimSpace(name) == "" || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return stream.Errorf(stream.ErrInvalid, "the name of a wall must be text, without control characters")
	case utf8.RuneCountInString(name) > maxName:
		return stream.Errorf(stream.ErrInvalid, "the name of a wall may have %d characters at most", maxName)
	case len(doc) > maxWall:
		return stream.Errorf(stream.ErrTooLarge, "a wall may have %d bytes at most", maxWall)
	case !json.Valid(doc):
		return stream.Errorf(stream.ErrMalformed, "a wall must be JSON")
	case strings.TrimSpace(string(doc))[0] != '{':
		return stream.Errorf(stream.ErrInvalid, "a wall must be a JSON object")
	}
	return nil
}

// saved returns the saved walls by name. Those that version 0.1 stored within the layouts are moved out first. The caller
// holds w.mu.
func (w *Walls) saved() (map[string][]byte, error) {
	docs, err := w.docs.Walls()
	if err != nil {
		return nil, err
	}
	if moved, err := w.docs.WallsMoved(); moved || err != nil {
		return docs, err
	}
	layouts, err := w.docs.Layouts()
	if err != nil {
		return nil, err
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(layouts, &fields) == nil && fields["named"] != nil {
		for name, doc := range namedWithin(fields["named"]) {
			if _, found := docs[name]; found || checkWall(name, doc) != nil || len(docs) >= maxWalls {
				continue
			}
			if err := w.docs.SaveWall(name, doc); err != nil {
				return nil, err
			}
			docs[name] = doc
		}
		delete(fields, "named")
		rest, err := json.Marshal(fields)
		if err != nil {
			return nil, err
		}
		if err := w.docs.SaveLayouts(rest); err != nil {
			return nil, err
		}
	}
	// From now on, walls that a page of version 0.1 saves within the layouts are dropped: it would bring back walls that were
	// deleted since.
	if err := w.docs.SetWallsMoved(); err != nil {
		return nil, err
	}
	return docs, nil
}

// namedWithin reads the list in which version 0.1 stored the saved walls: objects with a name beside the wall's fields.
func namedWithin(list json.RawMessage) map[string][]byte {
	var walls []json.RawMessage
	if json.Unmarshal(list, &walls) != nil {
		return nil
	}
	out := map[string][]byte{}
	for _, text := range walls {
		var fields map[string]json.RawMessage
		var name string
		if json.Unmarshal(text, &fields) != nil || json.Unmarshal(fields["name"], &name) != nil {
			continue
		}
		delete(fields, "name")
		if doc, err := json.Marshal(fields); err == nil {
			out[name] = doc
		}
	}
	return out
}
