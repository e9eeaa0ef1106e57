//go:build !race

package extract

import (
	"math/rand/v2"
	"testing"
)

func TestReorderingAListingNeverSwapsFeeds(t *testing.T) {
	for seed := range uint64(20_000) {
		r := rand.New(rand.NewPCG(seed, 1))
		known, fresh := scenario(r)
		checkMatch(t, r, known, fresh)
	}
}
