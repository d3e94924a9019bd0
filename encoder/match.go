package encoder

import (
	"fmt"
	"math"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/tensor"
)

// Matcher is an encoder with the head φ7: it shows where in one image the
// network finds what it expects given another (PAPER section 6).
type Matcher struct{ *Encoder }

// NewMatcher puts the encoder and the head φ7 of a network on an engine.
func NewMatcher(e engine.Engine, m model.Config, weights Weights) (*Matcher, error) {
	encoder, err := New(e, m, weights, "phi7")
	if err != nil {
		return nil, err
	}
	return &Matcher{encoder}, nil
}

// Parts holds what the task 1→7 compares, for n images. φ1 is the identity.
type Parts struct {
	Dim int
	F1  []float32 // (n, Dim): φ1(f1)
	F7  []float32 // (n, MapSide, MapSide, Dim): φ7(f7)
}

// MapSide is the side of a map of scores: that of f7.
const MapSide = 7

// Parts encodes images of the network's size, px × px.
func (m *Matcher) Parts(images []tensor.Image) (Parts, error) {
	size := batchOf(len(images))
	bound, exec, err := m.compile(m.model.Encode(m.taps...), size)
	if err != nil {
		return Parts{}, fmt.Errorf("encoder: match: %w", err)
	}
	defer exec.Close()
	p := Parts{Dim: m.model.NRKHS}
	out := engine.Outputs(bound)
	px := m.model.Px
	in := tensor.NewUint8(size, px, px, 3)
	for at := 0; at < len(images); at += size {
		n := min(size, len(images)-at)
		for i, img := range images[at : at+n] {
			if img.H != px || img.W != px {
				return Parts{}, fmt.Errorf("encoder: match: image %d of %d×%d for an input of %d×%d",
					at+i, img.W, img.H, px, px)
			}
			copy(in.U8[i*px*px*3:], img.Pix)
		}
		if err := exec.Forward([]tensor.Tensor{in}, out); err != nil {
			return Parts{}, fmt.Errorf("encoder: match: %w", err)
		}
		p.F1 = append(p.F1, out[0].F32[:n*p.Dim]...)
		p.F7 = append(p.F7, out[1].F32[:n*MapSide*MapSide*p.Dim]...)
	}
	return p, nil
}

// Map returns the matching scores φ1(f1)ᵀφ7(f7)_ij/√r, (MapSide, MapSide), of the whole
// of one image with each location of another: the scores of the loss before clipping
// (PAPER 1.5). A score higher by one means e times the odds of belonging together.
func (p Parts) Map(whole, location int) []float32 {
	f1 := p.F1[whole*p.Dim : (whole+1)*p.Dim]
	scores := make([]float32, MapSide*MapSide)
	for l := range scores {
		at := (location*len(scores) + l) * p.Dim
		sum := 0.0
		for k, x := range p.F7[at : at+p.Dim] {
			sum += float64(f1[k]) * float64(x)
		}
		scores[l] = float32(sum / math.Sqrt(float64(p.Dim)))
	}
	return scores
}
