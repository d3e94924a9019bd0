package augment

import (
	"fmt"
	"testing"

	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/tensor"
)

// BenchmarkViews makes pairs of views by the presets.
func BenchmarkViews(b *testing.B) { benchmarkViews(b, func(c Config) Config { return c }) }

// BenchmarkStrongViews makes them by strong augmentation.
func BenchmarkStrongViews(b *testing.B) { benchmarkViews(b, Config.Strong) }

func benchmarkViews(b *testing.B, change func(Config) Config) {
	for _, src := range sources {
		b.Run(fmt.Sprintf("%dpx", src.px), func(b *testing.B) {
			c, img := change(preset(b, src.px)), noise(src.h, src.w)
			var s Scratch
			v1, v2 := make([]uint8, src.px*src.px*3), make([]uint8, src.px*src.px*3)
			for index := range 64 {
				c.Views(v1, v2, img, 1, 0, index, &s) // buffers grow
			}
			index := 0
			for b.Loop() {
				c.Views(v1, v2, img, 1, 0, index, &s)
				index++
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "images/s")
		})
	}
}

func BenchmarkPlain(b *testing.B) {
	for _, src := range sources {
		b.Run(fmt.Sprintf("%dpx", src.px), func(b *testing.B) {
			c, img := preset(b, src.px), noise(src.h, src.w)
			var s Scratch
			view := make([]uint8, src.px*src.px*3)
			for b.Loop() {
				c.Plain(view, img, &s)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "images/s")
		})
	}
}

// BenchmarkOperation runs each operation alone on a view of the presets; a crop
// takes the mean box of its preset.
func BenchmarkOperation(b *testing.B) {
	var s Scratch
	for _, src := range sources {
		img, dst, photo := noise(src.px, src.px), tensor.NewImage(src.px, src.px), noise(src.h, src.w)
		box := rectangle{X: 1, Y: 1, H: src.h * 8 / 10, W: src.w * 8 / 10}
		for _, op := range []struct {
			name string
			run  func()
		}{
			{"flip", func() { flip(dst, img) }},
			{"translate", func() { translate(dst, img, 3, -2) }},
			{"crop", func() { resizedCrop(dst, photo, box, false, &s) }},
			{"brightness", func() { brightness(dst, 1.1) }},
			{"contrast", func() { contrast(dst, 0.9) }},
			{"saturation", func() { saturation(dst, 1.1) }},
			{"hue", func() { hue(dst, 0.1) }},
			{"gray", func() { gray(dst) }},
			{"shear", func() { affine(dst, img, [6]float64{1, 0.2, 0, 0, 1, 0}) }},
			{"rotate", func() { rotate(dst, img, 20) }},
			{"sharpness", func() { sharpness(dst, img, 1.5) }},
			{"autocontrast", func() { autoContrast(dst) }},
			{"equalize", func() { equalize(dst) }},
			{"solarize", func() { solarize(dst, 128) }},
			{"posterize", func() { posterize(dst, 4) }},
			{"invert", func() { invert(dst) }},
			{"lighting", func() { lighting(dst, [3]float64{0.1, 0.1, 0.1}) }},
		} {
			b.Run(fmt.Sprintf("%s/%dpx", op.name, src.px), func(b *testing.B) {
				copy(dst.Pix, img.Pix)
				b.SetBytes(int64(len(dst.Pix)))
				for b.Loop() {
					op.run()
				}
			})
		}
	}
}

// BenchmarkDraw is what chance costs for a pair of views.
func BenchmarkDraw(b *testing.B) {
	c, index := STL10(), 0
	for b.Loop() {
		for _, purpose := range []rng.Purpose{rng.Augment1, rng.Augment2} {
			stream := rng.New(1, 0, index, purpose)
			c.draw(96, 96, &stream)
		}
		index++
	}
}
