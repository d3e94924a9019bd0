package augment

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"reflect"
	"testing"

	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/tensor"
)

// noise returns an image of random bytes.
func noise(h, w int) tensor.Image {
	m := tensor.NewImage(h, w)
	s := rng.New(7, h, w, rng.Generate)
	for i := range m.Pix {
		m.Pix[i] = uint8(s.Uint32())
	}
	return m
}

// sources are image sizes as the data sets of the presets have them.
var sources = []struct {
	px, h, w int
}{{32, 32, 32}, {64, 96, 96}, {128, 375, 500}}

func preset(t testing.TB, px int) Config {
	t.Helper()
	c, ok := ForSize(px)
	if !ok {
		t.Fatalf("no preset for %d px", px)
	}
	return c
}

// always is the preset with nothing skipped, so that different draws show.
func always(t testing.TB, px int) Config {
	t.Helper()
	c := preset(t, px)
	c.Jitter.P = 1
	c.Translate = TranslateConfig{P: 1, Max: 4}
	return c
}

// pair returns both views.
func pair(c Config, img tensor.Image, seed uint64, epoch, index int) (v1, v2 []uint8) {
	var s Scratch
	v1 = make([]uint8, c.size()*c.size()*3)
	v2 = make([]uint8, len(v1))
	c.Views(v1, v2, img, seed, epoch, index, &s)
	return v1, v2
}

func TestViewsAreAFunctionOfSeedEpochAndIndex(t *testing.T) {
	for _, src := range sources {
		c, img := always(t, src.px), noise(src.h, src.w)
		before := bytes.Clone(img.Pix)
		var s Scratch
		other1, other2 := make([]uint8, src.px*src.px*3), make([]uint8, src.px*src.px*3)
		seen := map[string]string{}
		for i, key := range [][3]int{{1, 0, 0}, {2, 0, 0}, {1, 1, 0}, {1, 0, 1}, {1, 7, 49_999}} {
			v1, v2 := pair(c, img, uint64(key[0]), key[1], key[2])
			c.Views(other1, other2, noise(src.w, src.h), 99, i, i, &s) // leaves its marks in s
			c.Views(other1, other2, img, uint64(key[0]), key[1], key[2], &s)
			if !bytes.Equal(v1, other1) || !bytes.Equal(v2, other2) {
				t.Errorf("%d px: views of %v depend on what the scratch did before", src.px, key)
			}
			for view, v := range [][]uint8{v1, v2} {
				name := fmt.Sprint(key, " view ", view+1)
				if twin, ok := seen[string(v)]; ok {
					t.Errorf("%d px: %s equals %s", src.px, name, twin)
				}
				seen[string(v)] = name
			}
		}
		if !bytes.Equal(before, img.Pix) {
			t.Errorf("%d px: the image was changed", src.px)
		}
	}
}

func TestViewIsTheFirstOfBoth(t *testing.T) {
	for _, src := range sources {
		c, img := preset(t, src.px), noise(src.h, src.w)
		var s Scratch
		got := make([]uint8, src.px*src.px*3)
		for index := range 20 {
			c.View(got, img, 3, 4, index, &s)
			if want, _ := pair(c, img, 3, 4, index); !bytes.Equal(got, want) {
				t.Fatalf("%d px, image %d: View differs from view 1", src.px, index)
			}
		}
	}
}

func TestViewsShareOnlyTheFlip(t *testing.T) {
	img := noise(32, 32)
	mirrored := tensor.NewImage(32, 32)
	flip(mirrored, img)
	onlyFlip := Config{Flip: 0.5}
	flips := 0
	const n = 400
	for index := range n {
		v1, v2 := pair(onlyFlip, img, 1, 0, index)
		if !bytes.Equal(v1, v2) {
			t.Fatalf("image %d: one view is flipped, the other is not", index)
		}
		if bytes.Equal(v1, mirrored.Pix) {
			flips++
		} else if !bytes.Equal(v1, img.Pix) {
			t.Fatalf("image %d: neither the image nor its mirror image", index)
		}
	}
	if flips < 150 || flips > 250 { // five standard deviations of 10
		t.Errorf("%d of %d flipped", flips, n)
	}
	unflipped := always(t, 32)
	unflipped.Flip = 0
	for index := range n {
		if v1, v2 := pair(unflipped, img, 1, 0, index); bytes.Equal(v1, v2) {
			t.Errorf("image %d: equal views", index)
		}
	}
}

// Each operation alone, drawn in half of the images: a view is the image changed
// by what was drawn, or the image as it is.
func TestAViewIsTheImageChangedByWhatWasDrawn(t *testing.T) {
	var s Scratch
	for _, op := range []struct {
		name   string
		config Config
		change func(dst, img tensor.Image, v choice) (drawn bool) // dst is a copy of img
	}{
		{"translate", Config{Translate: TranslateConfig{0.5, 4}}, func(dst, img tensor.Image, v choice) bool {
			translate(dst, img, v.dx, v.dy)
			return v.translate
		}},
		{"crop", Config{Crop: STL10().Crop}, func(dst, img tensor.Image, v choice) bool {
			resizedCrop(dst, img, v.box, false, &s)
			return true
		}},
		{"jitter", Config{Jitter: JitterConfig{0.5, 0.4, 0.4, 0.4, 0.2}}, func(dst, _ tensor.Image, v choice) bool {
			jitter(dst, v.factors)
			return v.jitter
		}},
		{"gray", Config{Gray: 0.5}, func(dst, _ tensor.Image, v choice) bool {
			gray(dst)
			return v.gray
		}},
		{"lighting", Config{Lighting: 0.1}, func(dst, _ tensor.Image, v choice) bool {
			lighting(dst, v.alpha)
			return true
		}},
		{"policy", Config{Policy: PolicyConfig{Sub: SubPolicies{{{"Invert", 0.5, 0}, {"Sharpness", 0.5, 1}}}}},
			func(dst, _ tensor.Image, v choice) bool {
				if v.policy[0].op == opInvert {
					invert(dst)
				}
				before := tensor.Image{H: dst.H, W: dst.W, Pix: bytes.Clone(dst.Pix)}
				if v.policy[1].op == opSharpness {
					sharpness(dst, before, v.policy[1].value)
				}
				return true
			}},
	} {
		img := noise(32, 32)
		for index := range 30 {
			changed := tensor.Image{H: 32, W: 32, Pix: bytes.Clone(img.Pix)}
			want := img
			if op.change(changed, img, op.config.choose(32, 32, 1, 0, index, 0)) {
				want = changed
			}
			if got, _ := pair(op.config, img, 1, 0, index); !bytes.Equal(got, want.Pix) {
				t.Errorf("%s, image %d: the view is not what was drawn", op.name, index)
			}
		}
	}
}

func TestZeroConfigIsTheTestTransform(t *testing.T) {
	img := noise(40, 50)
	var s Scratch
	want := make([]uint8, 32*32*3)
	CIFAR().Plain(want, img, &s)
	v1, v2 := pair(Config{}, img, 1, 2, 3)
	if !bytes.Equal(v1, want) || !bytes.Equal(v2, want) {
		t.Error("a view of the zero Config differs from the test transform at 32 px")
	}
}

func TestPlainCopiesAnImageOfItsSize(t *testing.T) {
	img := noise(32, 32)
	var s Scratch
	got := make([]uint8, 32*32*3)
	CIFAR().Plain(got, img, &s)
	if !bytes.Equal(got, img.Pix) {
		t.Error("Plain changes a 32 px image")
	}
}

func TestViewsAllocateNothing(t *testing.T) {
	random := CIFAR()
	random.Policy = PolicyConfig{Name: randAugment, N: maxSteps, M: 9}
	for _, c := range []struct {
		name   string
		config Config
		h, w   int
	}{
		{"32 px", CIFAR(), 32, 32},
		{"64 px", STL10(), 96, 96},
		{"128 px", ImageNet(), 375, 500},
		{"128 px, strong", ImageNet().Strong(), 150, 200},
		{"randaugment", random, 32, 32},
		{"searched", searched(), 32, 32},
	} {
		img := noise(c.h, c.w)
		var s Scratch
		v1, v2 := make([]uint8, c.config.Size*c.config.Size*3), make([]uint8, c.config.Size*c.config.Size*3)
		step := func(index int) {
			c.config.Views(v1, v2, img, 1, 0, index, &s)
			c.config.Plain(v1, img, &s)
		}
		for index := range 10 {
			step(index) // buffers grow to the largest crop of these
		}
		index := 0
		if n := testing.AllocsPerRun(9, func() { step(index % 10); index++ }); n > 0 {
			t.Errorf("%s: %g allocations", c.name, n)
		}
	}
}

// Runs go on with the views that they began with: those of rng.Version 1, whatever
// was added to Config since.
func TestPlainViewsStayWhatTheyWere(t *testing.T) {
	for px, want := range map[int]uint32{32: 0x623e2cd9, 64: 0x4bb3fbb, 128: 0x1609d47f} {
		c, img, sum := preset(t, px), noise(px*5/4, px*3/2), crc32.NewIEEE()
		for index := range 50 {
			v1, v2 := pair(c, img, 11, index%3, index)
			sum.Write(v1)
			sum.Write(v2)
		}
		if sum.Sum32() != want {
			t.Errorf("%d px: CRC-32 %#x, want %#x", px, sum.Sum32(), want)
		}
	}
}

func TestConfigSurvivesJSON(t *testing.T) {
	for _, want := range []Config{{}, CIFAR(), STL10(), ImageNet(), STL10().Strong(), searched()} {
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got Config
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%+v became %+v", want, got)
		}
	}
}

// viewByDefinition makes a view step by step: the mirror image first, every
// operation by its generic loop.
func viewByDefinition(c Config, img tensor.Image, v choice, flipped bool) tensor.Image {
	var s Scratch
	if flipped {
		mirrored := tensor.NewImage(img.H, img.W)
		flip(mirrored, img)
		img = mirrored
	}
	for _, d := range v.policy {
		img = tensor.Image{H: img.H, W: img.W, Pix: bytes.Clone(img.Pix)}
		img, _ = d.apply(img, tensor.NewImage(img.H, img.W))
	}
	view := tensor.NewImage(c.size(), c.size())
	if c.Crop.off() {
		c.Plain(view.Pix, img, &s)
	} else {
		resizedCrop(view, img, v.box, false, &s)
	}
	if v.translate {
		moved := tensor.NewImage(c.size(), c.size())
		translate(moved, view, v.dx, v.dy)
		view = moved
	}
	if v.jitter {
		jitter(view, v.factors)
	}
	if v.gray {
		gray(view)
	}
	lighting(view, v.alpha)
	return view
}

func TestViewsEqualTheDefinition(t *testing.T) {
	resized := CIFAR() // of images that are not of its size
	resized.Resize = 40
	for _, c := range []struct {
		name   string
		config Config
		h, w   int
		images int
	}{
		{"32 px", CIFAR(), 32, 32, 400},
		{"32 px, resized", resized, 45, 61, 50},
		{"64 px", STL10(), 96, 96, 200},
		{"128 px", ImageNet(), 292, 389, 20},
		{"128 px of few pixels", ImageNet(), 5, 3, 20},
		{"32 px, strong", CIFAR().Strong(), 32, 32, 100},
		{"64 px, strong", STL10().Strong(), 96, 96, 100},
		{"128 px of few pixels, strong", ImageNet().Strong(), 5, 3, 20},
	} {
		for index := range c.images {
			img := noise(c.h, c.w+index%2)
			for i := range img.Pix {
				img.Pix[i] ^= uint8(i * index >> 4)
			}
			v1, v2 := pair(c.config, img, 21, 3, index)
			flip := rng.New(21, 3, index, rng.Flip)
			mirrored := flip.Bool(c.config.Flip)
			generically(func() {
				for i, v := range [][]uint8{v1, v2} {
					drawn := c.config.choose(img.H, img.W, 21, 3, index, rng.Purpose(i))
					if want := viewByDefinition(c.config, img, drawn, mirrored); !bytes.Equal(v, want.Pix) {
						t.Fatalf("%s: view %d of image %d differs", c.name, i+1, index)
					}
				}
			})
		}
	}
}

func TestSameViewIsTheFirstViewTwice(t *testing.T) {
	for _, src := range sources {
		c, img := always(t, src.px), noise(src.h, src.w)
		first, other := pair(c, img, 1, 2, 3)
		if bytes.Equal(first, other) {
			t.Fatalf("%d px: two views are equal without SameView", src.px)
		}
		c.SameView = true
		v1, v2 := pair(c, img, 1, 2, 3)
		if !bytes.Equal(v1, first) || !bytes.Equal(v2, first) {
			t.Errorf("%d px: not the first view twice", src.px)
		}
	}
}
