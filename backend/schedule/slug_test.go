package schedule

import (
	"math/rand"
	"strings"
	"testing"

	"gridwall/backend/season"
)

// sameSlug has a fast path, which must give the same result as comparing the slugs.
func TestTheShortcutForSlugsAgreesWithTheSlugs(t *testing.T) {
	parts := []string{"a", "b", "A", "B", " ", "-", "_", "0", "9", "é", "É", "ß", "\u212a", "k", "@", "[", "`", "{", "\x10", "\xff", "P", "p", "/"}
	random := rand.New(rand.NewSource(1))
	name := func() string {
		var b strings.Builder
		for range random.Intn(5) {
			b.WriteString(parts[random.Intn(len(parts))])
		}
		return b.String()
	}
	for range 100_000 {
		if a, b := name(), name(); sameSlug(a, b) != (season.Slug(a) == season.Slug(b)) {
			t.Fatalf("%q and %q", a, b)
		}
	}
}
