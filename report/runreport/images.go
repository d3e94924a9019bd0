package runreport

import (
	"context"
	"errors"

	"github.com/amdim/amdim/data"
)

// ErrNotRecorded is the error of OpenImages where nothing says what the run learnt from.
var ErrNotRecorded = errors.New("the run does not say what it was trained on")

// Images are those that a page pictures.
type Images struct {
	Spec  string       // of these images; empty: that which the run records
	Train data.Dataset // among which neighbours are looked for
	Test  data.Dataset // held out: the queries; nil or without classes: some of Train are
}

// OpenImages opens the images that spec names, read as the run reads them; empty: those that
// it learnt from, where they were then.
func (r *Run) OpenImages(ctx context.Context, spec string) (*Images, error) {
	if spec == "" {
		spec = r.meta.Data.Spec
	}
	if spec == "" {
		return nil, ErrNotRecorded
	}
	reading := r.Settings.Reading().Until(ctx)
	trainSet, err := data.Open(spec, data.Train, reading)
	if err != nil {
		return nil, err
	}
	testSet, err := data.OpenHeldOut(spec, reading)
	if err != nil {
		return nil, err
	}
	return &Images{Spec: spec, Train: trainSet, Test: testSet}, nil
}
