package train

import (
	"fmt"
	"strings"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/tensor"
)

// inputs are the arguments of the pretraining program for one batch.
type inputs struct {
	seed      uint64
	pool      *parallel.Pool
	in        [2][]tensor.Tensor // in the order of the program; of this batch and the one before
	turn      int
	images    int // index in in
	labels    int // −1: no probes
	locations []location
	masks     []mask
}

// location is an input of one index per row into the s positions of a scale.
type location struct{ at, s int }

// mask is a dropout input: its entries are 1 with probability keep.
type mask struct {
	at   int
	keep uint32 // of 2³²
}

// newInputs reads from the bound program which inputs it wants.
func newInputs(p *graph.Program, seed uint64, pool *parallel.Pool) *inputs {
	x := &inputs{seed: seed, pool: pool, images: -1, labels: -1}
	for turn := range x.in {
		x.in[turn] = make([]tensor.Tensor, len(p.Inputs))
	}
	for i, id := range p.Inputs {
		v := p.Values[id]
		var scale int
		switch {
		case v.Name == "images":
			x.images = i
		case v.Name == "labels":
			x.labels = i
		case strings.HasPrefix(v.Name, "mask"):
			for _, in := range x.in {
				in[i] = tensor.NewFloat32(v.Shape...)
			}
			x.masks = append(x.masks, mask{i, rng.Below(1 - p.Dropout(id))})
		case scanned(v.Name, &scale):
			for _, in := range x.in {
				in[i] = tensor.NewInt32(v.Shape...)
			}
			x.locations = append(x.locations, location{i, scale * scale})
		default:
			panic(fmt.Sprintf("train: program %s wants an unknown input %s", p.Name, v.Name))
		}
	}
	return x
}

func scanned(name string, scale *int) bool {
	n, err := fmt.Sscanf(name, "location%d", scale)
	return n == 1 && err == nil
}

// of returns the inputs for a batch; they share its memory and are valid until
// the call after next.
//
// The draws for a row depend on seed, epoch, image and view: locations come from
// one stream per image, view 1 first; masks from one stream per row.
func (x *inputs) of(b *data.Batch) []tensor.Tensor {
	x.turn = 1 - x.turn
	in := x.in[x.turn]
	in[x.images] = b.Views
	if x.labels >= 0 {
		in[x.labels] = b.Labels
	}
	n := len(b.Indices)
	x.pool.For(n, func(_, i int) {
		s := rng.New(x.seed, b.Epoch, b.Indices[i], rng.Location)
		for _, l := range x.locations {
			in[l.at].I32[i] = int32(s.IntN(l.s))
			in[l.at].I32[n+i] = int32(s.IntN(l.s))
		}
		for view := range 2 {
			s := rng.New(x.seed, b.Epoch, 2*b.Indices[i]+view, rng.Dropout)
			for _, m := range x.masks {
				m.draw(in[m.at], view*n+i, &s)
			}
		}
	})
	return in
}

// draw sets one row of a mask.
func (m mask) draw(t tensor.Tensor, row int, s *rng.Stream) {
	width := t.Shape[1]
	s.Bernoulli(t.F32[row*width:(row+1)*width], m.keep)
}
