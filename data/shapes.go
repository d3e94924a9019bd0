package data

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/internal/rng"
)

// ShapesConfig is what follows "shapes:" in a spec, as in "shapes:size=64,seed=1".
type ShapesConfig struct {
	Size  int    // side of a picture in pixels, 8 to 1024
	Train int    // pictures in the training split
	Test  int    // pictures in the test split
	Seed  uint64 // of everything that is drawn
}

// DefaultShapes is the data that the spec "shapes" names.
func DefaultShapes() ShapesConfig {
	return ShapesConfig{Size: 32, Train: 10_000, Test: 2_000}
}

// shapesBytes bounds the memory of a split.
const shapesBytes int64 = 8 << 30

// Shapes is a set of generated pictures, each of one silhouette on a textured ground.
// Colours, position, scale, rotation and ground do not depend on the class, which is
// i mod 10 for picture i. Picture i is a function of (Seed, Size, split, i).
type Shapes struct {
	*memory
	config ShapesConfig
	split  Split
}

// NewShapes generates a split.
func NewShapes(c ShapesConfig, split Split) (*Shapes, error) {
	n := c.Train
	if split == Test {
		n = c.Test
	}
	if c.Size < 8 || c.Size > 1024 {
		return nil, specErrorf("data: shapes: size %d, need 8 to 1024", c.Size)
	}
	if most := shapesBytes / int64(3*c.Size*c.Size); n < 1 || int64(n) > most {
		return nil, specErrorf("data: shapes: %d pictures to %s, need 1 to %d at size %d", n, split, most, c.Size)
	}
	s := &Shapes{newMemory(n, c.Size, c.Size, silhouetteNames()), c, split}
	pool := parallel.New(0)
	defer pool.Close()
	brushes := make([]brush, pool.Threads())
	pool.For(n, func(worker, i int) {
		s.labels[i] = int8(i % len(silhouettes))
		scene := s.scene(i)
		scene.paint(s.image(i), &brushes[worker])
	})
	return s, nil
}

// Mask returns the object's pixels in picture i, (H, W): 1 where it covers at
// least half of a pixel, else 0.
func (s *Shapes) Mask(i int) []uint8 {
	var b brush
	return b.mask(s.scene(i).object.outline, s.h, s.w)
}

func (s *Shapes) scene(i int) scene {
	stream := rng.New(s.config.Seed, int(s.split), i, rng.Generate)
	return drawScene(&stream, s.Label(i))
}

func openShapes(options string, split Split, _ Options) (Dataset, error) {
	if split == Pretrain {
		split = Train
	}
	c, err := parseShapes(options)
	if err != nil {
		return nil, specErrorf("data: shapes: %w", err)
	}
	return NewShapes(c, split)
}

// parseShapes reads "key=value,key=value".
func parseShapes(options string) (ShapesConfig, error) {
	c := DefaultShapes()
	if options == "" {
		return c, nil
	}
	seen := map[string]bool{}
	for option := range strings.SplitSeq(options, ",") {
		key, value, _ := strings.Cut(option, "=")
		if seen[key] {
			return c, fmt.Errorf("option %q is given twice", key)
		}
		seen[key] = true
		if err := c.set(key, value); err != nil {
			return c, err
		}
	}
	return c, nil
}

var errShapesOption = errors.New("options are size, train, test and seed, as in shapes:size=64,seed=1")

func (c *ShapesConfig) set(key, value string) error {
	number, err := strconv.ParseUint(value, 10, 63)
	switch key {
	case "size":
		c.Size = int(number)
	case "train":
		c.Train = int(number)
	case "test":
		c.Test = int(number)
	case "seed":
		c.Seed = number
	default:
		return fmt.Errorf("unknown option %q; %w", key, errShapesOption)
	}
	if err != nil {
		return fmt.Errorf("option %s=%q is not a whole number of at least 0", key, value)
	}
	return nil
}
