package main

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/train"
)

// resultPath is where the result of a run on its own images is kept.
func resultPath(run string, validation float64) string {
	if validation > 0 {
		return train.ValidationPath(run)
	}
	return train.EvalPath(run)
}

// pathOf is where a result is kept: apart from the run's own if it is of other data than the
// model learnt from or, where nobody knows what that was, than was measured before. The
// results on one data set would otherwise take the place of those on another. What cannot be
// read there is of no data.
func (k *keeper) pathOf(r *eval.Result) string {
	path := resultPath(k.run, r.Validation)
	if r.Validation > 0 {
		return path
	}
	there, _ := eval.ReadKept(path, eval.ReadResult)
	if k.own || there != nil && there.SameImages(r) || there == nil && k.imported {
		return path
	}
	return train.TransferPath(k.run, nameOf(r.Data, r.TrainDigest, r.TestDigest))
}

// segmentedPathOf is where a segmentation is kept: apart from the run's first if it is of other
// images. Whether these are the model's own does not matter, as they seldom are.
func (k *keeper) segmentedPathOf(r *eval.Segmented) string {
	path := train.SegmentationPath(k.run)
	if there, _ := eval.ReadKept(path, eval.ReadSegmented); there == nil || there.SameImages(r) {
		return path
	}
	return train.SegmentedPath(k.run, nameOf(r.Data, r.Digest))
}

// curvePathOf is where a curve is kept.
func (k *keeper) curvePathOf(curve eval.Curve) string {
	if curve[0].Result.Validation > 0 {
		return train.ValidationCurvePath(k.run)
	}
	return train.CurvePath(k.run)
}

// nameOf tells the data of a result from others: their kind, and a hash of their digests,
// which are the same wherever the images are.
func nameOf(spec string, digests ...string) string {
	kind, _, _ := strings.Cut(data.Origin(spec), ":")
	letter := func(c rune) bool { return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' }
	if kind == "" || strings.ContainsFunc(kind, func(c rune) bool { return !letter(c) }) {
		kind = "data"
	}
	hash := sha256.Sum256([]byte(strings.Join(digests, " ")))
	return fmt.Sprintf("%s-%x", kind, hash[:4])
}
