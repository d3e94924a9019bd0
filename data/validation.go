package data

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"math"
	"slices"
)

// Validation returns the names (see Name) of a share of the images of each class: at least
// one where there are two or more, and never all. They are those whose names have the
// lowest SHA-256, so that an image added later changes the choice little.
func Validation(set Dataset, share float64) map[string]bool {
	type image struct {
		name string
		sum  [sha256.Size]byte
	}
	byClass := make([][]image, len(set.Classes()))
	for i := range set.Len() {
		if l := set.Label(i); l >= 0 && l < len(byClass) {
			name := Name(set, i)
			byClass[l] = append(byClass[l], image{name, sha256.Sum256([]byte(name))})
		}
	}
	chosen := map[string]bool{}
	for _, of := range byClass {
		slices.SortFunc(of, func(a, b image) int {
			return cmp.Or(bytes.Compare(a.sum[:], b.sum[:]), cmp.Compare(a.name, b.name))
		})
		n := max(1, int(math.Round(share*float64(len(of)))))
		for _, x := range of[:max(0, min(n, len(of)-1))] {
			chosen[x.name] = true
		}
	}
	return chosen
}

// Select returns the images of a data set that are wanted; the data set itself if all are.
func Select(set Dataset, wanted func(i int) bool) Dataset {
	var kept []int
	for i := range set.Len() {
		if wanted(i) {
			kept = append(kept, i)
		}
	}
	return newSubset(set, kept)
}
