package config

import (
	"path/filepath"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/mixture"
	"github.com/amdim/amdim/train"
)

// Negatives says where the model of a checkpoint gets the negatives for
// segmentation: from the file beside it or, if there is none, from the images that
// it learnt from, and then they are kept in the file, unless the images there are others
// by now. others, unless empty, is the spec of other images, for which nothing is kept.
// Images that training left out by a list are left out here too, also from others if
// that is the same data.
func (c Config) Negatives(file string, learnt checkpoint.Data, others string) mixture.Source {
	from := mixture.Source{Data: others, Reading: c.Reading(), Transform: c.Augment}
	if others == "" {
		from.File, from.Keep, from.Data = train.NegativesPath(file), true, learnt.Spec
		from.Digest = learnt.Digest
	}
	if learnt.Quarantined > 0 {
		from.List = train.QuarantinePath(filepath.Dir(file))
	}
	return from
}
