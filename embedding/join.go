package embedding

import (
	"errors"
	"fmt"
)

// Join returns a new Set of all rows of some sets, in their order. Names may then occur more than
// once. The sets must have vectors of one network and length; otherwise the error is
// ErrOtherNetwork. It is also an error if one says which network it is of and another does not:
// set its Model, if that is certain.
//
// Model.Engine, Images and Split stay if all sets have the same, else they are empty. If Images is
// empty, nothing says which folder names are relative to, and Versions are left out; so they are
// if a set has none.
//
// An Index of one of the sets cannot be used for the new Set: build another, because dimensions
// are standardised over the whole set.
func Join(sets ...*Set) (*Set, error) {
	if len(sets) == 0 {
		return nil, errors.New("embedding: join: no sets are given")
	}
	joined, numbers := &Set{}, 0
	for i, s := range sets {
		if err := s.Validate(); err != nil {
			return nil, fmt.Errorf("embedding: join: set %d of %d: %w", i+1, len(sets), err)
		}
		if i == 0 {
			joined.Dim, joined.Model = s.Dim, s.Model
		}
		var err error
		if joined.Model, err = joined.Model.join(s.Model); err == nil && s.Dim != joined.Dim {
			err = fmt.Errorf("vectors of %d numbers, those before have %d: %w", s.Dim, joined.Dim, ErrOtherNetwork)
		}
		if err != nil {
			return nil, fmt.Errorf("embedding: join: set %d of %d: %w", i+1, len(sets), err)
		}
		numbers += len(s.X)
	}
	joined.X = make([]float32, 0, numbers)
	known := joined.Model.Images != ""
	for _, s := range sets {
		known = known && s.Versions != nil
	}
	for _, s := range sets {
		if known {
			joined.Versions = append(joined.Versions, s.Versions...)
		}
		joined.Names, joined.X = append(joined.Names, s.Names...), append(joined.X, s.X...)
	}
	return joined, nil
}

// join is the origin of vectors of two origins.
func (o Origin) join(next Origin) (Origin, error) {
	if err := next.CheckSame(o); err != nil {
		return Origin{}, err
	}
	if (o.Checkpoint == "") != (next.Checkpoint == "") {
		return Origin{}, errors.New("of this set and those before, one does not say which network it is of: " +
			"set its Model.Checkpoint")
	}
	if o.Engine != next.Engine {
		o.Engine = ""
	}
	if o.Images != next.Images || o.Split != next.Split {
		o.Images, o.Split = "", ""
	}
	return o, nil
}
