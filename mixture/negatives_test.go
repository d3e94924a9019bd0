package mixture

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/internal/tiny"
)

func TestASegmenterWithoutNegativesPanics(t *testing.T) {
	s := newSegmenter(t, 32, 3)
	defer func() {
		if msg := fmt.Sprint(recover()); !strings.Contains(msg, "0 negatives, need some: call Prepare or Learn") {
			t.Errorf("panic %s", msg)
		}
	}()
	q, err := s.Components(context.Background(), noisy(32, 32), Config{Step: 4})
	t.Errorf("%v of %v", q.V[:min(3, len(q.V))], err)
}

func TestConfigOfNegativesNamesWhatIsWrong(t *testing.T) {
	images := plain(t, tiny.Shapes(t, 32, 20, data.Train))
	for want, change := range map[string]func(c *NegativesConfig){
		"images = 0, need at least 1":          func(c *NegativesConfig) { c.Images = 0 },
		"locations = 0, need at least 1":       func(c *NegativesConfig) { c.Locations = 0 },
		"refresh.images = -1, need at least 0": func(c *NegativesConfig) { c.Refresh.Images = -1 },
		"refresh.batch = 1, need at least 2":   func(c *NegativesConfig) { c.Refresh.Batch = 1 },
	} {
		c, s := DefaultNegatives(), newSegmenter(t, 32, 3)
		change(&c)
		_, prepared := s.Prepare(context.Background(), Source{Data: "shapes:size=32,train=20"}, c)
		for _, err := range []error{s.Learn(context.Background(), images, c), prepared} {
			if err == nil || err.Error() != "mixture: negatives: "+want {
				t.Errorf("error %v, want %q", err, want)
			}
		}
	}
}

// Each image has a draw of its own: the same locations of all would be those of one place.
func TestLocationsAreDrawnByImageAndSeed(t *testing.T) {
	s := newSegmenter(t, 32, 3)
	images := plain(t, tiny.Shapes(t, 32, 6, data.Train))
	var maps [][]float32
	err := s.frozen.Tap(context.Background(), images, "phi7", func(_ int, phi7 []float32) {
		maps = append(maps, slices.Clone(phi7))
	})
	if err != nil {
		t.Fatal(err)
	}
	drawn := func(seed uint64) (at [][]int) { // by image: where its negatives lie in its map
		c := NegativesConfig{Images: 6, Locations: 5, Seed: seed, Refresh: encoder.RefreshConfig{Batch: 2}}
		if err := s.Learn(context.Background(), images, c); err != nil {
			t.Fatal(err)
		}
		dim := s.negatives.Dim
		of := func(x []float32) [][]float32 { return slices.Collect(slices.Chunk(x, dim)) }
		for i, taken := range slices.Collect(slices.Chunk(s.negatives.X, 5*dim)) {
			at = append(at, nil)
			for _, x := range of(taken) {
				where := slices.IndexFunc(of(maps[i]), func(y []float32) bool { return slices.Equal(x, y) })
				if where < 0 {
					t.Fatalf("image %d has no such location", i)
				}
				at[i] = append(at[i], where)
			}
		}
		return at
	}
	one, again, two := drawn(1), drawn(1), drawn(2)
	for i := range one {
		if !slices.Equal(one[i], again[i]) || slices.Equal(one[i], two[i]) {
			t.Errorf("image %d: %v, again %v, with seed 2 %v", i, one[i], again[i], two[i])
		}
		if i > 0 && slices.Equal(one[i], one[0]) {
			t.Errorf("image %d: %v, as of the first", i, one[i])
		}
	}
}
