package data

import (
	"github.com/amdim/amdim/data/imagefile"
	mem "github.com/amdim/amdim/internal/memory"
	"github.com/amdim/amdim/tensor"
)

// Cost is the memory that it takes to read an image: see [imagefile.Cost].
type Cost = imagefile.Cost

// Measure is [Image] and what that takes: of a file, stage by stage; of anything else, all
// that is allocated. Nothing else may allocate meanwhile.
func Measure(d Dataset, i int) (tensor.Image, Cost, error) {
	img, cost, err := measure(d, i)
	if err == nil {
		err = usable(d, i, img)
	}
	return img, cost, err
}

// measure is d.Image(i) and what that takes.
func measure(d Dataset, i int) (tensor.Image, Cost, error) {
	type measured interface {
		measure(i int) (tensor.Image, Cost, error)
	}
	if m, ok := d.(measured); ok {
		return m.measure(i)
	}
	had := mem.Allocated()
	img, err := d.Image(i)
	took := mem.Allocated() - had
	return img, Cost{Peak: took, Piece: took}, err
}
