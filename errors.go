package amdim

import (
	"errors"

	"github.com/amdim/amdim/embedding"
	"github.com/amdim/amdim/eval"
)

// Errors that the errors of a Model and an Index wrap, for use with errors.Is.
var (
	// ErrClosed: the method was called after Close.
	ErrClosed = errors.New("the model is closed")
	// ErrNoMixture: the model was trained without model.mix.k and cannot segment.
	ErrNoMixture = eval.ErrNoMixture
	// ErrNoNegatives: none are stored beside the model, and the images that it
	// learnt from are missing: name others in Options.Negatives.
	ErrNoNegatives = eval.ErrNoNegatives
	// ErrOtherNetwork: the vectors of an Index come from another network.
	ErrOtherNetwork = embedding.ErrOtherNetwork
)
