package data

import (
	"context"
	"crypto/sha256"
	"fmt"

	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/tensor"
)

// Readable reads all images of a data set once, on threads goroutines
// (0: GOMAXPROCS), and returns those that can be read. onBad, which may be nil,
// is called for each of the others in order. A data set without one is returned
// as it is; one that is Named stays so.
func Readable(
	ctx context.Context, set Dataset, threads int, onBad func(i int, err error),
) (Dataset, error) {
	pool := parallel.New(threads)
	defer pool.Close()
	errs := make([]error, set.Len())
	pool.For(len(errs), func(_, i int) {
		if ctx.Err() == nil {
			_, errs[i] = set.Image(i)
		}
	})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var good []int
	for i, err := range errs {
		switch {
		case err == nil:
			good = append(good, i)
		case onBad != nil:
			onBad(i, err)
		}
	}
	switch {
	case len(good) == len(errs):
		return set, nil
	case len(good) == 0:
		return nil, fmt.Errorf("data: none of the %d images can be read; the first: %w", len(errs), errs[0])
	}
	some := subset{set, good}
	if n, ok := set.(Named); ok {
		return namedSubset{some, n}, nil
	}
	return some, nil
}

// subset is a data set of which only some images are there.
type subset struct {
	of   Dataset
	kept []int // indices into of
}

func (s subset) Len() int                          { return len(s.kept) }
func (s subset) Image(i int) (tensor.Image, error) { return s.of.Image(s.kept[i]) }
func (s subset) Label(i int) int                   { return s.of.Label(s.kept[i]) }
func (s subset) Classes() []string                 { return s.of.Classes() }

// Digest names the whole data set and which images are missing.
func (s subset) Digest() string {
	return fmt.Sprintf("%x", sha256.Sum256(fmt.Appendln(nil, s.of.Digest(), s.kept)))
}

type namedSubset struct {
	subset
	names Named
}

func (s namedSubset) Name(i int) string { return s.names.Name(s.kept[i]) }
