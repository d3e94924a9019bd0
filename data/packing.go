package data

import (
	"errors"

	"github.com/amdim/amdim/data/pack"
)

// PackSources opens the splits of spec that are to be packed: train, test (unless a
// folder has none), and pretrain if it differs from train. allowed says how many of a
// number of files may be unreadable.
func PackSources(spec string, o Options, allowed func(images int) int) ([]pack.Source, error) {
	train, err := Open(spec, Train, o)
	if err != nil {
		return nil, err
	}
	var sources []pack.Source
	add := func(split Split, set Dataset) {
		s := pack.Source{Split: split.String(), Images: set}
		if named, ok := set.(Named); ok {
			s.Name, s.Unreadable, s.Reason = named.Name, allowed(set.Len()), reason
		}
		sources = append(sources, s)
	}
	add(Train, train)
	held, err := Open(spec, Test, o)
	var empty *EmptyError
	switch {
	case err == nil:
		add(Test, held)
	case !errors.As(err, &empty):
		return nil, err
	}
	all, err := Open(spec, Pretrain, o)
	if err != nil {
		return nil, err
	}
	if all.Len() != train.Len() || all.Digest() != train.Digest() {
		add(Pretrain, all)
	}
	return sources, nil
}

// reason is the text of an error without the image's name; one reports whether the
// error concerns only that image.
func reason(err error) (text string, one bool) {
	var bad *UnreadableError
	if errors.As(err, &bad) {
		return bad.Err.Error(), true
	}
	return err.Error(), false
}
