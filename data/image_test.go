package data

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/amdim/amdim/data/imagefile"
	"github.com/amdim/amdim/tensor"
)

// malformed has a given image 9, and others of 32×32.
type malformed struct {
	*Shapes
	nine tensor.Image
}

func (m malformed) Image(i int) (tensor.Image, error) {
	if i == 9 {
		return m.nine, nil
	}
	return m.Shapes.Image(i)
}

// namedMalformed gives its images names.
type namedMalformed struct{ malformed }

func (namedMalformed) Name(i int) string { return fmt.Sprintf("%d.raw", i) }

// An image that nobody can make views of is like a file that is damaged, whoever made it.
func TestWhatIsNoImageIsUnreadable(t *testing.T) {
	thin := func(h, w int) tensor.Image { return tensor.Image{H: h, W: w, Pix: make([]uint8, h*w*3)} }
	for _, c := range []struct {
		img  tensor.Image
		want string // empty: it is one
	}{
		{thin(1, 2000), ""},
		{thin(2000, 1), ""},
		{tensor.Image{}, "an image of 0×0 pixels: its sides must be above 0"},
		{tensor.Image{H: -1, W: -1, Pix: make([]uint8, 3)}, "an image of -1×-1 pixels: its sides"},
		{tensor.Image{H: 4, W: 5, Pix: make([]uint8, 59)},
			"an image of 5×4 pixels: it has 59 bytes, and needs 3 for each, 60"},
		{tensor.Image{H: 4, W: 5, Pix: make([]uint8, 80)}, "it has 80 bytes"}, // RGBA
		{thin(1, 2001), "an image of 2001×1 pixels: one side is more than 2000 times the other"},
		{thin(100_000, 1), "an image of 1×100000 pixels: one side"},
		{tensor.Image{H: math.MaxInt, W: math.MaxInt}, "more than the limit of 200 million"},
	} {
		set := malformed{shapes(t, 12, Test), c.img}
		_, err := Image(set, 9)
		if c.want == "" {
			if err != nil {
				t.Errorf("%d×%d: %v", c.img.W, c.img.H, err)
			}
			continue
		}
		if !isUnreadable(err) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
		if _, _, measured := Measure(set, 9); measured == nil || measured.Error() != err.Error() {
			t.Errorf("measured: %v, want %v", measured, err)
		}
		if some, err := Readable(t.Context(), set, 0, nil); err != nil || some.Len() != 11 {
			t.Errorf("%s: %v, or it is among what can be read", c.want, err)
		}
		err = ended(t, set, LoaderConfig{}, stamp)
		if !strings.HasPrefix(err.Error(), "data: image 9: an image of ") {
			t.Errorf("a loader: %v", err)
		}
	}
}

func TestLoaderReplacesWhatIsNoImageBeforeViewsAreMade(t *testing.T) {
	line := tensor.Image{H: 1, W: 100_000, Pix: make([]uint8, 300_000)}
	set := namedMalformed{malformed{shapes(t, 12, Test), line}}
	var mu sync.Mutex
	var sides, told []int
	newFill := func() Fill {
		return func(img tensor.Image, _, _ int, _ [][]uint8) {
			mu.Lock()
			defer mu.Unlock()
			sides = append(sides, img.H, img.W)
		}
	}
	c := LoaderConfig{Unreadable: func(i int, err error) error {
		var bad *UnreadableError
		if !errors.As(err, &bad) || bad.Name != "9.raw" || !errors.Is(err, imagefile.ErrTooLarge) {
			t.Errorf("told of image %d: %v", i, err)
		}
		told = append(told, i)
		return nil
	}}
	if err := ended(t, set, c, newFill); err.Error() != "EOF" {
		t.Error(err)
	}
	if len(sides) != 24 || slices.Max(sides) != 32 || !slices.Equal(told, []int{9}) {
		t.Errorf("views of images with sides %v, told of %v", sides, told)
	}
}
