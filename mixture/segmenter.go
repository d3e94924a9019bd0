package mixture

import (
	"context"
	"fmt"
	"slices"

	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/segment"
	"github.com/amdim/amdim/tensor"
)

// Segmenter is a frozen network with a mixture: it says which component of an
// image's f1 each location of the image belongs to (PAPER 4.5). A Config that Validate
// refuses is an error of its methods. It is not safe for concurrent use.
type Segmenter struct {
	frozen    *encoder.Encoder
	model     model.Config
	threads   int
	negatives negatives
	mixture   engine.Exec // maps an image to its components
	in        tensor.Tensor
	out       []tensor.Tensor
	mosaic    *mosaic // maps an image to its locations
	scratch   augment.Scratch
}

// segmenterTaps are what a Segmenter needs besides f1.
var segmenterTaps = []string{"mix", "phi7", "f7"}

// New puts the parts of a network that segment on an engine. A Segmenter needs negatives: see
// Prepare and Learn. With threads 0 it uses all.
func New(
	e engine.Engine, m model.Config, weights encoder.Weights, threads int,
) (_ *Segmenter, err error) {
	if err := CanSegment(m); err != nil {
		return nil, err
	}
	frozen, err := encoder.New(e, m, weights, segmenterTaps...)
	if err != nil {
		return nil, err
	}
	s := &Segmenter{frozen: frozen, model: m, threads: threads, in: tensor.NewUint8(1, m.Px, m.Px, 3)}
	defer func() {
		if err != nil {
			s.Close()
		}
	}()
	bound, err := m.Encode("mix").Bind(1, 0, 0)
	if err != nil {
		return nil, fmt.Errorf("mixture: segment: %w", err)
	}
	exec, err := frozen.Compile(bound)
	if err != nil {
		return nil, fmt.Errorf("mixture: segment: %w", err)
	}
	s.mixture, s.out = exec, engine.Outputs(bound)
	s.mosaic, err = newMosaic(frozen, m, "phi7", "f7")
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
	return s.frozen.Close()
}

// Negatives says what the locations of an image are scored against.
func (s *Segmenter) Negatives() Origin { return s.negatives.Origin }

// Learn refreshes BatchNorm on plain images and takes some of them as negatives.
func (s *Segmenter) Learn(ctx context.Context, images *encoder.Images, c NegativesConfig) error {
	if err := c.Validate(); err != nil {
		return err
	}
	if err := s.frozen.Refresh(ctx, images, c.Refresh); err != nil {
		return err
	}
	taken, err := s.takeNegatives(ctx, images, c)
	if err == nil {
		s.negatives = taken
	}
	return err
}

// Components returns the probabilities q with which the locations of an image
// belong to each component, as a grid over the image. It panics without negatives.
func (s *Segmenter) Components(ctx context.Context, img tensor.Image, c Config) (segment.Grid, error) {
	grids, err := s.locations(ctx, img, c, 1)
	if err != nil {
		return segment.Grid{}, err
	}
	return s.ComponentsOf(ctx, img, grids[0], c)
}

// ComponentsOf is Components for an image whose φ7, of Locations with the same c, is known.
func (s *Segmenter) ComponentsOf(
	ctx context.Context, img tensor.Image, phi7 segment.Grid, c Config,
) (segment.Grid, error) {
	if err := c.Validate(s.model); err != nil {
		return phi7, err
	}
	claims, err := s.claims(ctx, img, phi7, c)
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

// claims returns those of the components of an image's f1, fitted to its locations.
// The whole image is squeezed into the network's square, so that what lies
// outside the central square has a component too.
func (s *Segmenter) claims(
	ctx context.Context, img tensor.Image, phi7 segment.Grid, c Config,
) (claims, error) {
	if len(s.negatives.X) == 0 {
		panic("mixture: Segmenter.Components: 0 negatives, need some: call Prepare or Learn first")
	}
	px := s.model.Px
	augment.Resize(tensor.Image{H: px, W: px, Pix: s.in.U8}, img, &s.scratch)
	if err := s.mixture.Forward([]tensor.Tensor{s.in}, s.out); err != nil {
		return claims{}, fmt.Errorf("mixture: segment: %w", err)
	}
	pool := parallel.New(s.threads)
	defer pool.Close()
	claims := newClaims(s.model, s.out[0].F32, c.temperature(s.model.Mix))
	if c.Fit > 0 {
		f, err := newFit(&claims, spread(phi7, fitLocations), s.negatives, s.model.Lambda, c.Share, pool)
		if err == nil {
			err = f.run(ctx, c.Fit)
		}
		if err != nil {
			return claims, fmt.Errorf("mixture: segment: %w", err)
		}
	}
	claims.meet(s.negatives, pool)
	return claims, nil
}

// spread returns the values of at most n cells of a grid, evenly spaced.
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

// Locations returns φ7 and f7 at the locations of an image, from one run of the trunk.
func (s *Segmenter) Locations(
	ctx context.Context, img tensor.Image, c Config,
) (phi7, f7 segment.Grid, err error) {
	grids, err := s.locations(ctx, img, c, 2)
	if err != nil {
		return phi7, f7, err
	}
	return grids[0], grids[1], nil
}

// Grid says where the locations of an image lie, without values. It panics on a Config that
// Validate refuses.
func (s *Segmenter) Grid(img tensor.Image, c Config) segment.Grid {
	if err := c.Validate(s.model); err != nil {
		panic(err.Error())
	}
	_, g := s.lattice(img, c)
	return g
}

const mostLocations int64 = 4 << 30 // bytes of an image's locations

// locations returns grids of phi7 and, with taps 2, f7 at the locations of an image, from one
// run of the trunk.
func (s *Segmenter) locations(
	ctx context.Context, img tensor.Image, c Config, taps int,
) ([]segment.Grid, error) {
	if err := c.Validate(s.model); err != nil {
		return nil, err
	}
	l, g := s.lattice(img, c)
	if size := 4 * int64(g.H) * int64(g.W) * int64(taps) * int64(s.model.NRKHS); size > mostLocations {
		return nil, fmt.Errorf("mixture: segment: %d × %d locations of an image of %d × %d pixels take %d GiB: %w",
			g.W, g.H, img.W, img.H, size>>30, ErrTooFine)
	}
	small := tensor.NewImage(c.size(img, s.model.Px))
	augment.Resize(small, img, &s.scratch)
	grids := slices.Repeat([]segment.Grid{g}, taps)
	for i := range grids {
		grids[i].K = s.mosaic.out[i].Shape[3]
		grids[i].V = make([]float32, g.H*g.W*grids[i].K)
	}
	err := s.mosaic.run(ctx, small, l, func(row, col int, taps [][]float32) {
		for i, g := range grids {
			copy(g.V[(row*g.W+col)*g.K:], taps[i])
		}
	})
	return grids, err
}

// lattice says where the locations of an image at c.Side lie: at that size, and as
// a grid without values over the image.
func (s *Segmenter) lattice(img tensor.Image, c Config) (lattice, segment.Grid) {
	h, w := c.size(img, s.model.Px)
	l := s.mosaic.lattice(h, w, c.step(s.mosaic.grid.Stride))
	y, x := float64(img.H)/float64(h), float64(img.W)/float64(w)
	return l, segment.Grid{
		H: l.rows, W: l.cols,
		Y0: (l.first+0.5)*y - 0.5, DY: float64(l.step) * y,
		X0: (l.first+0.5)*x - 0.5, DX: float64(l.step) * x,
	}
}

func finite(x []float32) error {
	if i := tensor.NonFinite(x); i >= 0 {
		return fmt.Errorf("mixture: segment: a probability is %v: the weights are damaged", x[i])
	}
	return nil
}
