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
// is called for each of the others, in order. If there are none, the data set itself
// is returned; one that is Named stays so. An error that does not concern a single
// image is returned.
func Readable(
	ctx context.Context, set Dataset, threads int, onBad func(i int, err error),
) (Dataset, error) {
	all := make([]int, set.Len())
	for i := range all {
		all[i] = i
	}
	return Retry(ctx, set, all, threads, onBad)
}

// Retry is Readable when all images except some suspects are known to be readable:
// only the suspects are read, each once.
func Retry(
	ctx context.Context, set Dataset, suspects []int, threads int, onBad func(i int, err error),
) (Dataset, error) {
	errs := try(ctx, set, suspects, threads)
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

// try returns the error of every image, reading only the suspects. For a pack the
// errors are known.
func try(ctx context.Context, set Dataset, suspects []int, threads int) []error {
	errs := make([]error, set.Len())
	if p, ok := set.(*Packed); ok {
		for _, u := range p.split.Unreadable {
			errs[u.Index] = p.unreadable(u)
		}
		return errs
	}
	pool := parallel.New(threads)
	defer pool.Close()
	pool.For(len(suspects), func(_, k int) {
		if i := suspects[k]; ctx.Err() == nil {
			_, errs[i] = Image(set, i)
		}
	})
	return errs
}
