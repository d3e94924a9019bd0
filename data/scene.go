package data

import (
	"math"

	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/tensor"
)

// scene is everything that a picture of Shapes shows. Lengths are fractions of
// the picture's side, so that it can be painted at any size.
type scene struct {
	ground      texture
	dark, light colour  // of the ground, where its texture is 0 and 1
	clutter     []patch // between ground and object
	object      patch
	grain       rng.Stream // one draw for every four pixels
}

type patch struct {
	outline silhouette
	colour  colour
}

// Ranges of what is drawn. The object must stay visible in gray, and no colour,
// size or position may reveal its class.
const (
	leastArea, mostArea = 0.13, 0.28  // of the object: above this, raw pixels find neighbours of its class
	mostTurn            = math.Pi / 6 // of the object, either way
	overhang            = 0.03        // of the object beyond the border
	leastGap, mostGap   = 0.26, 0.5   // of luma between object and ground
	leastWave, mostWave = 0.04, 0.1   // of luma, half the contrast of the ground
	mostTint            = 0.3         // chroma: larger leaves the RGB cube too often
	mostGrain           = 10          // added to or subtracted from a pixel, out of 255
)

// drawScene draws a scene with one object of a class.
func drawScene(s *rng.Stream, class int) scene {
	gap := s.Uniform(leastGap, mostGap)
	ground := s.Uniform(0.08, 0.92-gap)
	object := ground + gap
	if s.Bool(0.5) {
		ground, object = object, ground
	}
	wave := s.Uniform(leastWave, mostWave)
	c := scene{
		ground: textures[s.IntN(len(textures))](s),
		dark:   drawColour(s, ground-wave),
		light:  drawColour(s, ground+wave),
	}
	for range 2 + s.IntN(4) {
		c.clutter = append(c.clutter, drawClutter(s, ground))
	}
	c.object = patch{drawPose(s, silhouettes[class].outline), drawColour(s, object)}
	c.grain = *s
	return c
}

// drawPose returns the outline at a random size, angle and position.
func drawPose(s *rng.Stream, outline silhouette) silhouette {
	area, turn := s.Uniform(leastArea, mostArea), s.Uniform(-mostTurn, mostTurn)
	lo, hi := outline.placed(point{}, area, turn).box()
	place := func(lo, hi float64) float64 {
		from, to := -lo-overhang, 1-hi+overhang
		if from > to {
			from = (from + to) / 2
			to = from
		}
		return s.Uniform(from, to)
	}
	return outline.placed(point{place(lo.x, hi.x), place(lo.y, hi.y)}, area, turn)
}

// drawClutter returns a small triangle or square, fainter than the object.
func drawClutter(s *rng.Stream, ground float64) patch {
	outline := silhouette{polygon(3 + s.IntN(2))}
	at := point{s.Float64(), s.Float64()}
	outline = outline.placed(at, s.Uniform(0.001, 0.006), s.Uniform(0, 2*math.Pi))
	return patch{outline, drawColour(s, ground+s.Uniform(-0.2, 0.2))}
}

// paint paints the scene into img.
func (c *scene) paint(img tensor.Image, b *brush) {
	i := 0
	for y := range img.H {
		for x := range img.W {
			p := point{(float64(x) + 0.5) / float64(img.W), (float64(y) + 0.5) / float64(img.H)}
			t := c.ground(p)
			for k := range 3 {
				img.Pix[i] = level(mix(c.dark[k], c.light[k], t))
				i++
			}
		}
	}
	for _, p := range c.clutter {
		b.paint(img, p)
	}
	b.paint(img, c.object)
	addGrain(img, c.grain)
}

func addGrain(img tensor.Image, s rng.Stream) {
	var bits uint32
	for i := range img.H * img.W {
		if i%4 == 0 {
			bits = s.Uint32()
		}
		d := (int(bits&0xff) - 128) * mostGrain / 128
		bits >>= 8
		for k := 3 * i; k < 3*i+3; k++ {
			img.Pix[k] = uint8(min(max(int(img.Pix[k])+d, 0), 255))
		}
	}
}
