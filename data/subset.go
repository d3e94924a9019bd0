package data

import (
	"crypto/sha256"
	"fmt"

	"github.com/amdim/amdim/segment"
	"github.com/amdim/amdim/tensor"
)

// subset is a data set reduced to some of its images.
type subset struct {
	of   Dataset
	kept []int // indices into of
}

// newSubset returns the images of a data set that kept lists, or the data set itself if
// that is all of them. A Named one stays Named and, if also Segmented, stays that too.
func newSubset(of Dataset, kept []int) Dataset {
	if len(kept) == of.Len() {
		return of
	}
	some := subset{of, kept}
	n, ok := of.(Named)
	if !ok {
		return some
	}
	named := namedSubset{some, n}
	if s, ok := of.(Segmented); ok {
		return segmentedSubset{named, s}
	}
	return named
}

// Spread returns n images of a data set, evenly spaced over it; all of them if
// there are no more.
func Spread(set Dataset, n int) Dataset {
	size := set.Len()
	n = min(n, size)
	kept := make([]int, n)
	for i := range kept {
		kept[i] = int(int64(i) * int64(size) / int64(n))
	}
	return newSubset(set, kept)
}

func (s subset) Len() int                          { return len(s.kept) }
func (s subset) Image(i int) (tensor.Image, error) { return s.of.Image(s.kept[i]) }
func (s subset) Label(i int) int                   { return s.of.Label(s.kept[i]) }
func (s subset) Classes() []string                 { return s.of.Classes() }

// Digest names the whole data set and which images are missing; empty if the set's is.
func (s subset) Digest() string {
	whole := s.of.Digest()
	if whole == "" {
		return ""
	}
	return fmt.Sprintf("%x", sha256.Sum256(fmt.Appendln(nil, whole, s.kept)))
}

func (s subset) measure(i int) (tensor.Image, Cost, error) { return Measure(s.of, s.kept[i]) }

func (s subset) written() string { return written(s.of) }

type namedSubset struct {
	subset
	names Named
}

func (s namedSubset) Name(i int) string { return s.names.Name(s.kept[i]) }
func (s namedSubset) Size(i int) int64  { return Size(s.names, s.kept[i]) }

func (s namedSubset) Version(i int) string { return ImageVersion(s.names, s.kept[i]) }

type segmentedSubset struct {
	namedSubset
	truths Segmented
}

func (s segmentedSubset) Truths(i int) ([]segment.Map, error) { return s.truths.Truths(s.kept[i]) }
