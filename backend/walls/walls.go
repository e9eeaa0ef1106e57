package walls

import (
	"bytes"
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
	// maxDepth bounds the nesting of a saved wall: readers of a list of walls have limits of their own.
	maxDepth = 50
	// maxName bounds a wall's name in characters.
	maxName = 60
)

// Special revisions. Every other revision is a hash of a wall's content.
const (
	// revisionAbsent means that no wall with the name is expected.
	revisionAbsent = "0"
	// revisionAny means that any wall with the name may be replaced or deleted, like If-Match: *.
	revisionAny = "*"
)

var (
	// ErrUnknown is returned when no wall is saved under the name.
	ErrUnknown = errors.New("unknown wall")
	// ErrStale is returned when a wall has changed since the caller's revision.
	ErrStale = errors.New("wall has changed")
	// ErrRevisionRequired is returned when a wall exists and the caller has given no revision.
	ErrRevisionRequired = errors.New("revision required")
)

// documents stores walls and layouts.
type documents interface {
	Layouts() ([]byte, error) // nil if none were saved
	SaveLayouts(doc []byte) error
	// Walls returns the saved walls by name.
	Walls() (map[string][]byte, error)
	// WallNames returns the names of the saved walls, sorted.
	WallNames() ([]string, error)
	SaveWall(name string, doc []byte) error
	DeleteWall(name string) error
	// WallsMoved reports whether SetWallsMoved was ever called.
	WallsMoved() (bool, error)
	SetWallsMoved() error
}

// Walls stores the walls and the layouts. It is safe for concurrent use.
type Walls struct {
	docs     documents
	onChange func()

	// mu is held while stored documents are read and changed, so that comparing a revision and replacing its wall is atomic.
	mu sync.Mutex
}

// New returns the walls stored in docs. onChange is called after a wall has changed; no lock is held then.
func New(docs documents, onChange func()) *Walls { return &Walls{docs: docs, onChange: onChange} }

// Wall is a wall of feeds that was saved under a name.
type Wall struct {
	Name     string          `json:"name"`
	Revision string          `json:"revision" doc:"Changes with the wall; required to replace or delete it. The ETag over HTTP."`
	Wall     json.RawMessage `json:"wall" doc:"The JSON object that the client saved."`
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

// Names returns the names of the saved walls, sorted, without reading the walls.
func (w *Walls) Names() ([]string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	moved, err := w.docs.WallsMoved()
	if err == nil && !moved {
		_, err = w.saved()
	}
	if err != nil {
		return nil, err
	}
	return w.docs.WallNames()
}

// Get returns the wall with the name. The error is ErrUnknown if there is none.
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

// Put saves a wall, a JSON object, under a name, and returns it. revision is the revision that it replaces, "0" for none, or "*"
// for any; with "", the name must be unused. The error is ErrStale, ErrRevisionRequired, stream.ErrInvalid, ErrMalformed or
// ErrTooLarge.
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
	// Walls that an earlier version saved under another kind of name can still be replaced.
	if clean := stream.SingleLine(name); !found && name != clean {
		return stream.Errorf(stream.ErrInvalid,
			"the name of a wall may have no invisible characters, and no spaces around it or several in a row; use %q", clean)
	}
	if !found && len(docs) >= maxWalls {
		return stream.Errorf(stream.ErrInvalid, "%d walls are saved, which is the maximum; delete one first", maxWalls)
	}
	return w.docs.SaveWall(name, doc)
}

// Delete deletes the wall with the name. The error is ErrUnknown if there is none; revision is as in Put.
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

// revisionOf returns the revision of a wall: a hash of its document.
func revisionOf(doc []byte) string {
	sum := sha256.Sum256(doc)
	return hex.EncodeToString(sum[:8])
}

// checkRevision returns an error unless a caller with the revision may replace or delete the wall, whose document is doc if found is
// true.
func checkRevision(name string, doc []byte, found bool, revision string) error {
	switch {
	case revision == "" && !found:
		return nil
	case revision == "":
		return stream.Errorf(ErrRevisionRequired,
			"the wall %q exists; send the revision that you have read in If-Match, so that no change of another screen is lost", name)
	case revision == revisionAbsent && found:
		return stream.Errorf(ErrStale, "the wall %q already exists; read it, and send its revision in If-Match", name)
	case revision == revisionAbsent:
		return nil
	case !found:
		return stream.Errorf(ErrStale, "the wall %q no longer exists", name)
	case revision != revisionAny && revision != revisionOf(doc):
		return stream.Errorf(ErrStale, "the wall %q was changed meanwhile; read it again", name)
	}
	return nil
}

func checkWall(name string, doc json.RawMessage) error {
	switch {
	case stream.SingleLine(name) == "" || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return stream.Errorf(stream.ErrInvalid, "the name of a wall must be text without control characters")
	case name == "." || name == "..":
		return stream.Errorf(stream.ErrInvalid, "a wall cannot be called %q: browsers take that for a folder in its address", name)
	case utf8.RuneCountInString(name) > maxName:
		return stream.Errorf(stream.ErrInvalid, "the name of a wall may have at most %d characters", maxName)
	case len(doc) > maxWall:
		return stream.Errorf(stream.ErrTooLarge, "a wall may have at most %d bytes", maxWall)
	case !isJSON(doc):
		return stream.Errorf(stream.ErrMalformed, "a wall must be JSON in UTF-8")
	case strings.TrimSpace(string(doc))[0] != '{':
		return stream.Errorf(stream.ErrInvalid, "a wall must be a JSON object")
	case depth(doc) > maxDepth:
		return stream.Errorf(stream.ErrInvalid, "a wall may have at most %d levels of objects and lists", maxDepth)
	}
	return nil
}

// isJSON reports whether doc is JSON in UTF-8. json.Valid alone permits any bytes within strings, which clients cannot read.
func isJSON(doc []byte) bool { return utf8.Valid(doc) && json.Valid(doc) }

// readable returns a stored document with U+FFFD for bytes that are not UTF-8, which earlier versions stored.
func readable(doc []byte) []byte {
	if utf8.Valid(doc) {
		return doc
	}
	return bytes.ToValidUTF8(doc, []byte("\ufffd"))
}

// depth returns how deep the objects and lists of valid JSON are nested.
func depth(doc []byte) (most int) {
	level, quoted := 0, false
	for i := 0; i < len(doc); i++ {
		switch c := doc[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			level++
			most = max(most, level)
		case c == '}' || c == ']':
			level--
		}
	}
	return most
}

// saved returns the saved walls by name. It first moves those out of the layouts that version 0.1 stored there. The caller holds
// w.mu.
func (w *Walls) saved() (map[string][]byte, error) {
	docs, err := w.docs.Walls()
	if err != nil {
		return nil, err
	}
	for name, doc := range docs {
		docs[name] = readable(doc)
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
	// From now on, walls that a page of version 0.1 saves within the layouts are dropped: they may have been deleted.
	if err := w.docs.SetWallsMoved(); err != nil {
		return nil, err
	}
	return docs, nil
}

// namedWithin returns the walls, by name, of the list in which version 0.1 stored them: objects with a name in addition to the
// wall's fields.
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
			out[stream.SingleLine(name)] = doc
		}
	}
	return out
}
