package eval

import (
	"reflect"
	"slices"

	"github.com/amdim/amdim/encoder"
)

// sameTask reports whether both are of the same encoder, run by the same engine,
// on the same images.
func (r *Result) sameTask(o *Result) bool {
	return r.Step == o.Step && r.TrainedOn == o.TrainedOn && r.Engine == o.Engine &&
		r.Frozen.Weights == o.Frozen.Weights && reflect.DeepEqual(r.Network, o.Network) &&
		r.SameImages(o) && r.sameContents(o) && slices.Equal(r.ClassNames, o.ClassNames)
}

// sameContents reports whether the files of both held the same.
func (r *Result) sameContents(o *Result) bool {
	return r.TrainContents == o.TrainContents && r.TestContents == o.TestContents
}

// Of reports whether r is of these images and of what they hold now.
func (r *Result) Of(train, test *encoder.Images) bool {
	now := Result{TrainContents: train.Contents, TestContents: test.Contents}
	return r.TrainDigest == train.Digest() && r.TestDigest == test.Digest() && r.sameContents(&now)
}

// SameImages reports whether both are of the same images, or of files with the same names and
// sizes, wherever they were; images without a digest are told by their spec.
func (r *Result) SameImages(o *Result) bool {
	if r.TestDigest == "" && r.Data != o.Data {
		return false
	}
	return r.TrainDigest == o.TrainDigest && r.TestDigest == o.TestDigest &&
		r.Train == o.Train && r.Test == o.Test && r.Folds == o.Folds
}

// Comparable reports whether two results are of the same images, with the same
// settings for every protocol that both were measured under; the batch of a probe may have
// been fitted to each.
func (r *Result) Comparable(o *Result) bool {
	for _, p := range r.Config.Protocols {
		a, b := r.Config.of(p), o.Config.of(p)
		a.KNN.K, b.KNN.K, a.FewShot.Shots, b.FewShot.Shots = nil, nil, nil, nil // row names contain them
		a.Probe, b.Probe = a.Probe.unfitted(), b.Probe.unfitted()
		if o.Config.has(p) && !reflect.DeepEqual(a, b) {
			return false
		}
	}
	return r.SameImages(o) && r.sameContents(o)
}
