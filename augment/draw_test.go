package augment

import (
	"math"
	"testing"

	"github.com/amdim/amdim/internal/rng"
)

func drawn(c Config, h, w, item int) choice {
	return c.choose(h, w, 5, 0, item, 0)
}

func TestSwitchingAnOperationOffKeepsTheOtherDraws(t *testing.T) {
	all := STL10().Strong()
	all.Translate = CIFAR().Translate
	for _, off := range []struct {
		name   string
		change func(*Config)
		forget func(*choice) // what the change may alter
	}{
		{"translate", func(c *Config) { c.Translate = TranslateConfig{} },
			func(v *choice) { v.translate, v.dx, v.dy = false, 0, 0 }},
		{"crop", func(c *Config) { c.Crop = CropConfig{} }, func(v *choice) { v.box = rectangle{} }},
		{"jitter", func(c *Config) { c.Jitter.P = 0 }, func(v *choice) { v.jitter = false }},
		{"brightness", func(c *Config) { c.Jitter.Brightness = 0 }, func(v *choice) { v.factors.Brightness = 1 }},
		{"contrast", func(c *Config) { c.Jitter.Contrast = 0 }, func(v *choice) { v.factors.Contrast = 1 }},
		{"saturation", func(c *Config) { c.Jitter.Saturation = 0 }, func(v *choice) { v.factors.Saturation = 1 }},
		{"hue", func(c *Config) { c.Jitter.Hue = 0 }, func(v *choice) { v.factors.Hue = 0 }},
		{"gray", func(c *Config) { c.Gray = 0 }, func(v *choice) { v.gray = false }},
		{"policy", func(c *Config) { c.Policy = PolicyConfig{} },
			func(v *choice) { v.policy = [maxSteps]distortion{} }},
		{"lighting", func(c *Config) { c.Lighting = 0 }, func(v *choice) { v.alpha = [3]float64{} }},
	} {
		c := all
		off.change(&c)
		for item := range 50 {
			want := drawn(all, 96, 96, item)
			off.forget(&want)
			if got := drawn(c, 96, 96, item); got != want {
				t.Fatalf("%s off, item %d: %+v, want %+v", off.name, item, got, want)
			}
		}
	}
}

// Bounds of this test are five standard errors.
func TestDrawsHaveTheStatedDistribution(t *testing.T) {
	const n = 20_000
	c := CIFAR()
	share := map[string]float64{}
	var order [4][4]float64 // operation, position
	for item := range n {
		v := drawn(c, 32, 32, item)
		for name, ok := range map[string]bool{
			"translate": v.translate, "jitter": v.jitter, "gray": v.gray,
			"dx = -4": v.dx == -4, "dx = 4": v.dx == 4, "dy = 0": v.dy == 0,
			"brightness < 0.8": v.factors.Brightness < 0.8, "contrast > 1.2": v.factors.Contrast > 1.2,
			"saturation < 1": v.factors.Saturation < 1, "hue < -0.1": v.factors.Hue < -0.1,
		} {
			if ok {
				share[name]++
			}
		}
		for position, op := range v.factors.Order {
			order[op][position]++
		}
	}
	for name, p := range map[string]float64{
		"translate": 0.8, "jitter": 0.8, "gray": 0.25, "dx = -4": 1. / 9, "dx = 4": 1. / 9, "dy = 0": 1. / 9,
		"brightness < 0.8": 0.25, "contrast > 1.2": 0.25, "saturation < 1": 0.5, "hue < -0.1": 0.25,
	} {
		if d := math.Abs(share[name]/n - p); !(d <= 5*math.Sqrt(p*(1-p)/n)) {
			t.Errorf("share of %s is %g, want %g", name, share[name]/n, p)
		}
	}
	for op := range order {
		for position, k := range order[op] {
			if d := math.Abs(k/n - 0.25); !(d <= 5*math.Sqrt(0.25*0.75/n)) {
				t.Errorf("operation %d is at %d with share %g", op, position, k/n)
			}
		}
	}
}

func TestDrawsOfTheViewsAreIndependent(t *testing.T) {
	const n = 20_000
	c := CIFAR()
	both := map[string]float64{}
	for item := range n {
		v1, v2 := c.choose(32, 32, 5, 0, item, 0), c.choose(32, 32, 5, 0, item, 1)
		for name, ok := range map[string]bool{
			"gray":           v1.gray && v2.gray,
			"jitter":         v1.jitter && v2.jitter,
			"translate":      v1.translate && v2.translate,
			"dx < 0":         v1.dx < 0 && v2.dx < 0,
			"brightness > 1": v1.factors.Brightness > 1 && v2.factors.Brightness > 1,
			"hue > 0":        v1.factors.Hue > 0 && v2.factors.Hue > 0,
		} {
			if ok {
				both[name]++
			}
		}
	}
	for name, p := range map[string]float64{
		"gray": 0.25, "jitter": 0.8, "translate": 0.8, "dx < 0": 4. / 9, "brightness > 1": 0.5, "hue > 0": 0.5,
	} {
		p *= p
		if d := math.Abs(both[name]/n - p); !(d <= 5*math.Sqrt(p*(1-p)/n)) { // five standard errors
			t.Errorf("share of %s in both views is %g, want %g", name, both[name]/n, p)
		}
	}
}

func TestFactorsStayInRange(t *testing.T) {
	c := JitterConfig{P: 1, Brightness: 2, Contrast: 0.4, Saturation: 0.4, Hue: 0.1}
	for item := range 2000 {
		s := rng.New(6, 0, item, rng.Augment1)
		f := c.draw(&s)
		if f.Brightness < 0 || f.Brightness > 3 || !(math.Abs(f.Contrast-1) <= 0.4) ||
			!(math.Abs(f.Saturation-1) <= 0.4) || !(math.Abs(f.Hue) <= 0.1) {
			t.Fatalf("item %d: %+v", item, f)
		}
	}
}

// In a large square image every try with a box inside is accepted; those that
// are too wide or high are drawn again, so the area leans to smaller boxes. The
// expectation is the same rejection on a grid of areas and ratios.
func TestCropDrawsUniformAreaPlaceAndLogRatio(t *testing.T) {
	const side, n = 10_000, 20_000
	c := STL10().Crop
	var want, got struct{ k, area, ratio, ratio2, y, x float64 }
	const grid = 1000
	lo, hi := math.Log(c.Ratio[0]), math.Log(c.Ratio[1])
	for i := range grid {
		area := c.Scale[0] + (c.Scale[1]-c.Scale[0])*(float64(i)+0.5)/grid
		for j := range grid {
			r := lo + (hi-lo)*(float64(j)+0.5)/grid
			if area*math.Exp(math.Abs(r)) > 1 { // wider or higher than the image
				continue
			}
			want.k++
			want.area += area
			want.ratio += r
			want.ratio2 += r * r
		}
	}
	for item := range n {
		s := rng.New(8, 0, item, rng.Augment1)
		b := c.draw(side, side, &s)
		if b.Y < 0 || b.X < 0 || b.Y+b.H > side || b.X+b.W > side {
			t.Fatalf("item %d: %+v is outside", item, b)
		}
		area, r := float64(b.H*b.W)/side/side, math.Log(float64(b.W)/float64(b.H))
		if area < c.Scale[0]-1e-3 || area > c.Scale[1] || r < lo-1e-3 || r > hi+1e-3 {
			t.Fatalf("item %d: %+v", item, b)
		}
		got.k++
		got.area += area
		got.ratio += r
		got.ratio2 += r * r
		got.y += (float64(b.Y) + 0.5) / float64(side-b.H+1)
		got.x += (float64(b.X) + 0.5) / float64(side-b.W+1)
	}
	for _, v := range []struct {
		name               string
		got, want, maximum float64
	}{ // five standard errors, from the spread of a uniform over the range
		{"area", got.area / got.k, want.area / want.k, 5 * 0.7 / math.Sqrt(12*n)},
		{"log ratio", got.ratio / got.k, want.ratio / want.k, 5 * (hi - lo) / math.Sqrt(12*n)},
		{"place down", got.y / got.k, 0.5, 5 / math.Sqrt(12*n)},
		{"place across", got.x / got.k, 0.5, 5 / math.Sqrt(12*n)},
		{"squared log ratio", got.ratio2 / got.k, want.ratio2 / want.k, 5 * hi * hi / math.Sqrt(12*n)},
	} {
		if d := math.Abs(v.got - v.want); !(d <= v.maximum) {
			t.Errorf("mean of %s is %g, want %g ± %g", v.name, v.got, v.want, v.maximum)
		}
	}
}

func TestCentralBoxIsNeverEmpty(t *testing.T) {
	for _, c := range []struct {
		ratio [2]float64
		h, w  int
	}{{[2]float64{5, 6}, 9, 1}, {[2]float64{0.1, 0.2}, 1, 9}} {
		b := CropConfig{Scale: [2]float64{1, 1}, Ratio: c.ratio}.central(c.h, c.w)
		if b.H != 1 || b.W != 1 {
			t.Errorf("ratio %g of %d×%d: %+v, want one pixel", c.ratio, c.h, c.w, b)
		}
	}
}
