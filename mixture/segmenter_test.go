package mixture

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/ref"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/internal/tiny"
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/tensor"
)

func plain(t *testing.T, set data.Dataset) *encoder.Images {
	t.Helper()
	images, err := encoder.NewImages(set, 32, augment.CIFAR())
	if err != nil {
		t.Fatal(err)
	}
	return images
}

// mixed is a small network with a mixture.
func mixed(px int) model.Config {
	c := tiny.Model()
	c.Px, c.Mix = px, model.Mix{K: 3, Tau: 2}
	if px > 32 {
		c.NRKHS = 8 * c.NDF
	}
	return c
}

func newSegmenter(t *testing.T, px int, seed uint64) *Segmenter {
	t.Helper()
	s, err := New(tiny.CPU(t), mixed(px), encoder.Random(seed), 2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func learntSegmenter(t *testing.T, seed uint64) *Segmenter {
	t.Helper()
	s := newSegmenter(t, 32, seed)
	c := NegativesConfig{Images: 8, Locations: 4, Refresh: encoder.RefreshConfig{Images: 30, Batch: 10, Seed: 1}}
	if err := s.Learn(context.Background(), plain(t, tiny.Shapes(t, 32, 20, data.Train)), c); err != nil {
		t.Fatal(err)
	}
	return s
}

// stopping stops what reads it when it has given some images.
type stopping struct {
	data.Dataset
	left atomic.Int64
	stop func()
}

func (s *stopping) Image(i int) (tensor.Image, error) {
	if s.left.Add(-1) < 0 {
		s.stop()
	}
	return s.Dataset.Image(i)
}

// What was learnt stays where it cannot be learnt anew.
func TestNegativesOutliveAStop(t *testing.T) {
	s := learntSegmenter(t, 3)
	ctx, cancel := context.WithCancel(t.Context())
	set := &stopping{Dataset: tiny.Shapes(t, 32, 20, data.Train), stop: cancel}
	set.left.Store(10)
	images := plain(t, set)
	c := NegativesConfig{Images: 8, Locations: 4, Refresh: encoder.RefreshConfig{Images: 10, Batch: 10, Seed: 1}}
	if err := s.Learn(ctx, images, c); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if _, err := s.Components(t.Context(), noisy(64, 64), Default()); err != nil {
		t.Error(err)
	}
}

// noisy is an image without structure.
func noisy(h, w int) tensor.Image {
	img := tensor.NewImage(h, w)
	r := rng.New(1, 0, h*w, rng.Generate)
	for i := range img.Pix {
		img.Pix[i] = uint8(256 * r.Float64())
	}
	return img
}

// A location of a mosaic has the numbers that the trunk computes on a piece of the
// image around it alone.
func TestLocationsAreThoseOfTheTrunkAroundThem(t *testing.T) {
	for _, px := range []int{32, 64, 128} {
		s := newSegmenter(t, px, 3)
		g := s.model.Grid()
		img := noisy(3*g.Field+5, 17*g.Stride+9)
		l := s.mosaic.lattice(img.H, img.W, g.Stride/4)
		around := 2*g.Stride + g.Field
		for g.Count(around)%2 == 0 { // the location is the middle one
			around += g.Stride
		}
		bound, err := s.model.Trunk("phi7").Bind(1, around, around)
		if err != nil {
			t.Fatal(err)
		}
		exec, err := s.frozen.Compile(bound)
		if err != nil {
			t.Fatal(err)
		}
		in, out, visited := tensor.NewUint8(1, around, around, 3), engine.Outputs(bound), map[[2]int]bool{}
		err = s.mosaic.run(context.Background(), img, l, func(row, col int, taps [][]float32) {
			visited[[2]int{row, col}] = true
			if (row*l.cols+col)%41 != 0 {
				return
			}
			middle := g.Count(around) / 2
			corner := func(i int) int {
				return int(l.first+float64(i*l.step)-g.First) - middle*g.Stride
			}
			for y := range around {
				for x := range around {
					copy(in.U8[(y*around+x)*3:][:3],
						img.At(mirrored(corner(row)+y, img.H), mirrored(corner(col)+x, img.W)))
				}
			}
			if err := exec.Forward([]tensor.Tensor{in}, out); err != nil {
				t.Fatal(err)
			}
			r := s.model.NRKHS
			want := out[0].F32[(middle*g.Count(around)+middle)*r:][:r]
			for i, v := range taps[0] {
				if !(math.Abs(float64(v-want[i])) <= 1e-4) {
					t.Fatalf("%d px, location (%d, %d): φ7[%d] is %g, of its surroundings alone %g",
						px, row, col, i, v, want[i])
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(visited) != l.rows*l.cols || l.rows < 10 || l.cols < 40 {
			t.Errorf("%d px: %d locations of %d×%d", px, len(visited), l.rows, l.cols)
		}
	}
}

func TestAnImageOfTooManyLocationsIsAnError(t *testing.T) {
	s := newSegmenter(t, 64, 1)
	_, err := s.locations(context.Background(), tensor.NewImage(1, 2), Config{Side: 4096, Step: 1}, 2)
	if err == nil || !strings.Contains(err.Error(), "an image of 2 × 1 pixels take") {
		t.Error(err)
	}
}

// A step beyond the stride divided by zero.
func TestMethodsRefuseWhatTheirConfigDoes(t *testing.T) {
	s, ctx, img := learntSegmenter(t, 1), context.Background(), noisy(40, 40)
	phi7, _, err := s.Locations(ctx, img, Config{Step: 4})
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []Config{{Step: 64}, {Step: 3}, {Side: -1}, {Tau: -1}} {
		want := bad.Validate(s.model).Error()
		_, components := s.Components(ctx, img, bad)
		_, _, locations := s.Locations(ctx, img, bad)
		_, known := s.ComponentsOf(ctx, img, phi7, bad)
		for name, err := range map[string]error{
			"Components": components, "Locations": locations, "ComponentsOf": known,
		} {
			if err == nil || err.Error() != want {
				t.Errorf("%s: %v, want %s", name, err, want)
			}
		}
		func() {
			defer func() {
				if value := recover(); value != want {
					t.Errorf("Grid panics with %v, want %s", value, want)
				}
			}()
			s.Grid(img, bad)
		}()
	}
}

// The locations of a grid reach from border to border.
func TestTheGridCoversTheImage(t *testing.T) {
	s := learntSegmenter(t, 3)
	for _, size := range [][2]int{{32, 32}, {20, 61}, {200, 90}, {1, 300}} {
		g, err := s.Components(context.Background(), noisy(size[0], size[1]), Config{Side: 40, Step: 2})
		if err != nil {
			t.Fatal(err)
		}
		if g.Y0 > 0 || g.X0 > 0 || g.Y0+float64(g.H)*g.DY < float64(size[0])-1 ||
			g.X0+float64(g.W)*g.DX < float64(size[1])-1 {
			t.Errorf("%v: a grid of %d×%d from (%g, %g) by (%g, %g)", size, g.H, g.W, g.Y0, g.X0, g.DY, g.DX)
		}
		for at := 0; at < len(g.V); at += 3 {
			if sum := g.V[at] + g.V[at+1] + g.V[at+2]; !(math.Abs(float64(sum)-1) <= 1e-5) {
				t.Fatalf("%v: probabilities %v", size, g.V[at:at+3])
			}
		}
	}
}

// q is that of the loss, when negatives are the other images of its batch.
func TestSharesAreThoseOfTheLoss(t *testing.T) {
	const b, k, r, l = 3, 4, 8, 5
	m := model.Config{NRKHS: r, TClip: 6, Mix: model.Mix{K: k, Tau: 1.5}}
	p := graph.NewBuilder("mixture")
	out := p.MixtureNCE("nce", p.Input("f1", graph.Input{}, graph.Any, k, r),
		p.Input("phi7", graph.Input{}, graph.Any, l, r), graph.MixtureNCE{Clip: m.TClip, Tau: m.Mix.Tau})
	p.Output("q", out.Q)
	bound, err := p.Program().Bind(2*b, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	state, err := ref.New().NewState(nil, engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	exec, err := state.Compile(bound)
	if err != nil {
		t.Fatal(err)
	}
	f1, phi7, q := tensor.NewFloat32(2*b, k, r), tensor.NewFloat32(2*b, l, r), engine.Outputs(bound)
	s := rng.New(4, 0, 0, rng.Generate)
	for _, x := range [][]float32{f1.F32, phi7.F32} {
		for i := range x {
			x[i] = float32(2 * s.Normal())
		}
	}
	if err := exec.Forward([]tensor.Tensor{f1, phi7}, q); err != nil {
		t.Fatal(err)
	}
	pool := parallel.New(1)
	defer pool.Close()
	for i := range b { // of view 1, against the locations of view 2
		var others []float32
		for j := range b {
			if j != i {
				others = append(others, phi7.F32[(b+j)*l*r:(b+j+1)*l*r]...)
			}
		}
		c := newClaims(m, f1.F32[i*k*r:(i+1)*k*r], m.Mix.Tau)
		c.meet(negatives{Dim: r, X: others}, pool)
		got := make([]float32, k)
		for at := range l {
			c.share(got, phi7.F32[((b+i)*l+at)*r:])
			want := q[0].F32[((b+i)*l+at)*k:][:k]
			for j := range k {
				if !(math.Abs(float64(got[j]-want[j])) <= 1e-5) {
					t.Fatalf("image %d, location %d: q %v, of the loss %v", i, at, got, want)
				}
			}
		}
	}
}

// weightsOf is a checkpoint of all that a random network has.
func weightsOf(t *testing.T, seed uint64) *checkpoint.Reader {
	t.Helper()
	vars := mixed(32).Pretrain(0).Vars
	state, err := tiny.CPU(t).NewState(vars, engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { state.Close() })
	if err := encoder.Random(seed).Set(state, vars); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "network.safetensors")
	if err := checkpoint.Write(path, state, vars, nil); err != nil {
		t.Fatal(err)
	}
	r, err := checkpoint.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func TestNegativesAreKeptWithTheStatistics(t *testing.T) {
	path := filepath.Join(t.TempDir(), "negatives.safetensors")
	s, img := learntSegmenter(t, 3), noisy(50, 70)
	want, err := s.Components(context.Background(), img, Config{Step: 4})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.save(path); err != nil {
		t.Fatal(err)
	}
	other := newSegmenter(t, 32, 3)
	if _, err := other.Prepare(context.Background(), Source{File: path}, DefaultNegatives()); err != nil {
		t.Fatal(err)
	}
	got, err := other.Components(context.Background(), img, Config{Step: 4})
	if err != nil || !slices.Equal(got.V, want.V) {
		t.Errorf("with restored negatives other probabilities (%v)", err)
	}
	for seed, fit := range map[uint64]bool{3: true, 4: false} {
		err := newSegmenter(t, 32, seed).restore(path)
		stored := NegativesFit(path, mixed(32), weightsOf(t, seed))
		if fit && (err != nil || stored != nil) {
			t.Errorf("of the same weights: %v, %v", err, stored)
		}
		if want := path + " belongs to other weights"; !fit && (!errors.Is(err, ErrNoNegatives) ||
			!strings.Contains(err.Error(), want) || stored == nil || stored.Error() != err.Error()) {
			t.Errorf("of other weights: %v, %v", err, stored)
		}
	}
	if err := newSegmenter(t, 32, 3).restore(path + "x"); !errors.Is(err, ErrNoNegatives) ||
		!strings.HasSuffix(err.Error(), "kept beside the model as "+path+"x") {
		t.Errorf("no file: %v", err)
	}
	if err := os.Truncate(path, 500); err != nil {
		t.Fatal(err)
	}
	if err := newSegmenter(t, 32, 3).restore(path); err == nil || errors.Is(err, ErrNoNegatives) {
		t.Errorf("a file cut off: %v", err)
	}
}

func TestAModelWithoutAMixtureOrLocationsCannotSegment(t *testing.T) {
	five := mixed(32)
	five.Pairs = []model.Pair{{From: 1, To: 5}, {From: 5, To: 5}}
	for want, c := range map[error]model.Config{ErrNoMixture: tiny.Model(), ErrNoLocations: five} {
		if _, err := New(tiny.CPU(t), c, encoder.Random(1), 1); !errors.Is(err, want) {
			t.Errorf("error %v, want %v", err, want)
		}
	}
}

func TestConfigNamesWhatIsWrong(t *testing.T) {
	good := Default()
	if err := good.Validate(mixed(64)); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(c *Config){
		"side = 7":    func(c *Config) { c.Side = 7 },
		"side = 5000": func(c *Config) { c.Side = 5000 },
		"step = 3":    func(c *Config) { c.Step = 3 },
		"step = -2":   func(c *Config) { c.Step = -2 },
		"share = 0.5": func(c *Config) { c.Share = 0.5 },
		"fit = -1":    func(c *Config) { c.Fit = -1 },
		"fit = 10001": func(c *Config) { c.Fit = 10001 },
		"tau = -1":    func(c *Config) { c.Tau = -1 },
		"tau = 1e+07": func(c *Config) { c.Tau = 1e7 },
		"radius = 2":  func(c *Config) { c.Radius = 2 },
		"eps = 0":     func(c *Config) { c.Eps = 0 },
		"least = 1":   func(c *Config) { c.Least = 1 },
	} {
		c := good
		change(&c)
		if err := c.Validate(mixed(64)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
