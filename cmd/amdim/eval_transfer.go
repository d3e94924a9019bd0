package main

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/train"
)

// pathOf is where a result is kept: apart from the run's own if it is of other data than the
// model learnt from or, where nobody knows what that was, than was measured before. The
// results on one data set would otherwise take the place of those on another. What cannot be
// read there is of no data.
func (e *evaluate) pathOf(r *eval.Result) string {
	path := e.resultPath()
	if r.Validation > 0 {
		return path
	}
	kept, _ := eval.ReadKept(path, eval.ReadResult)
	if e.own || kept != nil && kept.SameImages(r) || kept == nil && e.imported {
		return path
	}
	return train.TransferPath(e.model, nameOf(r.Data, r.TrainDigest, r.TestDigest))
}

// segmentedPathOf is where a segmentation is kept: apart from the run's first if it is of other
// images. Whether these are the model's own does not matter, as they seldom are.
func (e *evaluate) segmentedPathOf(r *eval.Segmented) string {
	path := train.SegmentationPath(e.model)
	if kept, _ := eval.ReadKept(path, eval.ReadSegmented); kept == nil || kept.SameImages(r) {
		return path
	}
	return train.SegmentedPath(e.model, nameOf(r.Data, r.Digest))
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
