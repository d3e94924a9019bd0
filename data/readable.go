package data

import (
	"context"
	"errors"
	"fmt"

	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/internal/spelling"
)

// Readable reads all images of a data set once, on threads goroutines
// (0: GOMAXPROCS), and returns those that can be read. onBad, which may be nil,
// is called for each of the others in order. A data set without one is returned
// as it is; one that is Named stays so. An error that is not of one image is returned.
func Readable(
	ctx context.Context, set Dataset, threads int, onBad func(i int, err error),
) (Dataset, error) {
	errs := tryAll(ctx, set, threads)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var good []int
	for i, err := range errs {
		var bad *UnreadableError
		switch {
		case err == nil:
			good = append(good, i)
		case !errors.As(err, &bad):
			return nil, err
		case onBad != nil:
			onBad(i, err)
		}
	}
	if len(good) == 0 && len(errs) > 0 {
		n := spelling.Count(len(errs), "image")
		return nil, fmt.Errorf("data: %s, none can be read; the first: %w", n, errs[0])
	}
	return newSubset(set, good), nil
}

// tryAll returns the error of every image. Those of a pack are known.
func tryAll(ctx context.Context, set Dataset, threads int) []error {
	errs := make([]error, set.Len())
	if p, ok := set.(*Packed); ok {
		for _, u := range p.split.Unreadable {
			errs[u.Index] = p.unreadable(u)
		}
		return errs
	}
	pool := parallel.New(threads)
	defer pool.Close()
	pool.For(len(errs), func(_, i int) {
		if ctx.Err() == nil {
			_, errs[i] = set.Image(i)
		}
	})
	return errs
}
