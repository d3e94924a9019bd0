package amdim

import (
	"errors"

	"github.com/amdim/amdim/eval"
)

// What errors of a Model wrap, for errors.Is.
var (
	// ErrClosed: the method was called after Close.
	ErrClosed = errors.New("the model is closed")
	// ErrNoMixture: the model was trained without model.mix.k and cannot segment.
	ErrNoMixture = eval.ErrNoMixture
	// ErrNoNegatives: none are kept beside the model, and the images that it learnt
	// from are not there: Options.Negatives names others.
	ErrNoNegatives = eval.ErrNoNegatives
)
