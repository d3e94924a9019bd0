package eval

import (
	"context"
	"fmt"

	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/segment"
	"github.com/amdim/amdim/tensor"
)

// Segmenter is a frozen network with a mixture: it says to which component of an
// image's f1 each place of the image belongs (PAPER 4.5). It is not safe for
// concurrent use.
type Segmenter struct {
	*Encoder
	threads   int
	negatives Negatives
	mixture   engine.Exec // an image to its components
	in        tensor.Tensor
	out       []tensor.Tensor
	mosaic    *mosaic // an image to its places
	scratch   augment.Scratch
}

// NewSegmenter puts on an engine what segments. It needs negatives: see Learn and
// Restore. threads 0 is all.
func NewSegmenter(e engine.Engine, m model.Config, weights Weights, threads int) (_ *Segmenter, err error) {
	if err := CanSegment(m); err != nil {
		return nil, err
	}
	encoder, err := newEncoder(e, m, weights, "mix", "phi7", "f7")
	if err != nil {
		return nil, err
	}
	s := &Segmenter{Encoder: encoder, threads: threads, in: tensor.NewUint8(1, m.Px, m.Px, 3)}
	defer func() {
		if err != nil {
			s.Close()
		}
	}()
	bound, exec, err := encoder.compile(m.Encode("mix"), 1)
	if err != nil {
		return nil, fmt.Errorf("eval: segment: %w", err)
	}
	s.mixture, s.out = exec, engine.Outputs(bound)
	s.mosaic, err = encoder.newMosaic("phi7", "f7")
	return s, err
}

// Close frees the engine's memory.
func (s *Segmenter) Close() error {
	if s.mixture != nil {
		s.mixture.Close()
	}
	if s.mosaic != nil {
		s.mosaic.exec.Close()
	}
	return s.Encoder.Close()
}

// Learn refreshes BatchNorm on plain images and takes some of them as negatives.
func (s *Segmenter) Learn(ctx context.Context, images *Images, c NegativesConfig) (err error) {
	if err = s.Refresh(ctx, images, c.Refresh); err == nil {
		s.negatives, err = s.takeNegatives(ctx, images, c)
	}
	return err
}

// Components are the probabilities q with which the places of an image belong to
// each component, as a grid over the image.
func (s *Segmenter) Components(img tensor.Image, c SegmentConfig) (segment.Grid, error) {
	phi7, err := s.places(img, c, s.model.NRKHS, func(x, phi7, _ []float32) { copy(x, phi7) })
	if err != nil {
		return phi7, err
	}
	claims, err := s.claims(img, phi7, c)
	if err != nil {
		return phi7, err
	}
	q := phi7
	q.K, q.V = claims.k, make([]float32, phi7.H*phi7.W*claims.k)
	for i := range phi7.H * phi7.W {
		claims.share(q.V[i*q.K:(i+1)*q.K], phi7.V[i*phi7.K:(i+1)*phi7.K])
	}
	return q, finite(q.V)
}

// Features are f7 of the places of an image, as a grid over the image.
func (s *Segmenter) Features(img tensor.Image, c SegmentConfig) (segment.Grid, error) {
	return s.places(img, c, s.mosaic.out[1].Shape[3], func(x, _, f7 []float32) { copy(x, f7) })
}

// claims are those of the components of an image's f1, fitted to its places. The
// whole image is squeezed into the network's square: what lies beside the central
// square has a component too.
func (s *Segmenter) claims(img tensor.Image, phi7 segment.Grid, c SegmentConfig) (claims, error) {
	px := s.model.Px
	augment.Resize(tensor.Image{H: px, W: px, Pix: s.in.U8}, img, &s.scratch)
	if err := s.mixture.Forward([]tensor.Tensor{s.in}, s.out); err != nil {
		return claims{}, fmt.Errorf("eval: segment: %w", err)
	}
	pool := parallel.New(s.threads)
	defer pool.Close()
	claims := newClaims(s.model, s.out[0].F32, c.temperature(s.model.Mix))
	if c.Fit > 0 {
		f, err := newFit(&claims, spread(phi7, fitPlaces), s.negatives, s.model.Lambda, c.Share, pool)
		if err != nil {
			return claims, fmt.Errorf("eval: segment: %w", err)
		}
		f.run(c.Fit)
	}
	claims.meet(s.negatives, pool)
	return claims, nil
}

// spread are the values of at most n cells of a grid, evenly spaced.
func spread(g segment.Grid, n int) []float32 {
	cells := g.H * g.W
	n = min(n, cells)
	v := make([]float32, 0, n*g.K)
	for i := range n {
		at := i * cells / n
		v = append(v, g.V[at*g.K:(at+1)*g.K]...)
	}
	return v
}

// places calls f for each place of an image at c.Side, to set its k values.
func (s *Segmenter) places(
	img tensor.Image, c SegmentConfig, k int, f func(v, phi7, f7 []float32),
) (segment.Grid, error) {
	small := tensor.NewImage(c.size(img, s.model.Px))
	augment.Resize(small, img, &s.scratch)
	l := s.mosaic.lattice(small.H, small.W, c.step(s.mosaic.grid.Stride))
	y, x := float64(img.H)/float64(small.H), float64(img.W)/float64(small.W)
	g := segment.Grid{
		H: l.rows, W: l.cols, K: k, V: make([]float32, l.rows*l.cols*k),
		Y0: (l.first+0.5)*y - 0.5, DY: float64(l.step) * y,
		X0: (l.first+0.5)*x - 0.5, DX: float64(l.step) * x,
	}
	err := s.mosaic.run(small, l, func(row, col int, taps [][]float32) {
		f(g.V[(row*g.W+col)*k:][:k], taps[0], taps[1])
	})
	return g, err
}

func finite(x []float32) error {
	if i := tensor.NonFinite(x); i >= 0 {
		return fmt.Errorf("eval: segment: a probability is %v: the weights are damaged", x[i])
	}
	return nil
}
