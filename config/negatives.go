package config

import (
	"path/filepath"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/train"
)

// Negatives says where the model of a checkpoint has the negatives from that it
// segments by: the file beside it or, where there is none, the images that it learnt
// from; then they are kept in the file. others, unless empty, is the spec of other
// images: of these nothing is kept. Images that the training left out by a list are
// left out here, of others too where they are the same data.
func (c Config) Negatives(file string, learnt checkpoint.Data, others string) eval.NegativesSource {
	from := eval.NegativesSource{Data: others, Reading: c.Reading(), Transform: c.Augment}
	if others == "" {
		from.File, from.Keep, from.Data = train.NegativesPath(file), true, learnt.Spec
	}
	if learnt.Quarantined > 0 {
		from.List = train.QuarantinePath(filepath.Dir(file))
	}
	return from
}
