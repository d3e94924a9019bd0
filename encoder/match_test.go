package encoder

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/ref"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/tiny"
	"github.com/amdim/amdim/tensor"
)

// mapsByRef are the maps of image 0 over all images by the definition.
func mapsByRef(t *testing.T, images []tensor.Image) [][]float64 {
	t.Helper()
	program := tiny.Model().Encode("f1", "phi7")
	state, err := ref.New().NewState(program.Vars, engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := Random(3).Set(state, graph.Variables(tiny.Model().Encode("f1", "phi7"))); err != nil {
		t.Fatal(err)
	}
	bound, err := program.Bind(len(images), 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	exec, err := state.Compile(bound)
	if err != nil {
		t.Fatal(err)
	}
	in, out := tensor.NewUint8(len(images), 32, 32, 3), engine.Outputs(bound)
	for i, img := range images {
		copy(in.U8[i*len(img.Pix):], img.Pix)
	}
	if err := exec.Forward([]tensor.Tensor{in}, out); err != nil {
		t.Fatal(err)
	}
	const r = 16
	maps := make([][]float64, len(images))
	for i := range maps {
		for l := range 49 {
			sum := 0.0
			for k := range r {
				sum += float64(out[0].F32[k]) * float64(out[1].F32[(i*49+l)*r+k])
			}
			maps[i] = append(maps[i], sum/4) // √16
		}
	}
	return maps
}

func TestMapsEqualTheDefinition(t *testing.T) {
	set := tiny.Shapes(t, 32, 105, data.Train) // more than a batch
	images := imagesOf(t, set)
	m, err := NewMatcher(tiny.CPU(t), tiny.Model(), Random(3))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	parts, err := m.Parts(images)
	if err != nil {
		t.Fatal(err)
	}
	few := []int{0, 1, 104} // the last alone comes from the second batch
	want := mapsByRef(t, []tensor.Image{images[0], images[1], images[104]})
	largest := 0.0
	for i, at := range few {
		for l, got := range parts.Map(0, at) {
			largest = max(largest, math.Abs(want[i][l]))
			if d := math.Abs(float64(got) - want[i][l]); !(d <= 1e-4) { // float32 through the whole network
				t.Fatalf("image %d, place %d: %g, by the definition %g", at, l, got, want[i][l])
			}
		}
	}
	if largest < 1e-2 {
		t.Errorf("scores of at most %g show nothing", largest)
	}
}

// One image costs one, and its numbers are those that it has among others.
func TestFewImagesAreNotEncodedAsMany(t *testing.T) {
	set := tiny.Shapes(t, 32, 105, data.Test)
	images := imagesOf(t, set)
	e := tiny.Watch(t)
	m, err := NewMatcher(e, tiny.Model(), Random(3))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	var all Parts
	for i, n := range []int{105, 3, 1, 0} {
		parts, err := m.Parts(images[:n])
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			all = parts
		}
		if !slices.Equal(parts.F1, all.F1[:n*16]) || !slices.Equal(parts.F7, all.F7[:n*49*16]) {
			t.Errorf("%d images have other parts", n)
		}
		if n == 0 {
			continue
		}
		f, err := m.Encode(context.Background(), plain(t, tail{set, 105 - n}))
		if err != nil || f.Len() != n {
			t.Errorf("%d images have %d features, %v", n, f.Len(), err)
		}
	}
	if want := []int{100, 100, 3, 3, 1, 1, 1}; !slices.Equal(e.Rows, want) {
		t.Errorf("batches of %d, want %d", e.Rows, want)
	}
}

// The refresh must reach the statistics of φ7 as well as those of f1.
func TestRefreshReachesTheHead(t *testing.T) {
	images := plain(t, tiny.Shapes(t, 32, 40, data.Train))
	m, err := NewMatcher(tiny.CPU(t), tiny.Model(), Random(3))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	mean := func() (v []float32) {
		err := m.state.Each(func(name string, x []float32) error {
			if strings.HasPrefix(name, "phi7") && strings.HasSuffix(name, "mean") {
				v = append(v, x...)
			}
			return nil
		})
		if err != nil || len(v) == 0 {
			t.Fatalf("no running mean of φ7, %v", err)
		}
		return v
	}
	before := mean()
	c := RefreshConfig{Images: 40, Batch: 20, Seed: 1}
	if err := m.Refresh(context.Background(), images, c); err != nil {
		t.Fatal(err)
	}
	moved := false
	for i, x := range mean() {
		moved = moved || x != before[i]
	}
	if !moved {
		t.Error("the running mean of φ7 did not move")
	}
}

func TestPartsRefuseAnotherSize(t *testing.T) {
	m, err := NewMatcher(tiny.CPU(t), tiny.Model(), Random(3))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if _, err := m.Parts([]tensor.Image{tensor.NewImage(32, 33)}); err == nil ||
		!strings.Contains(err.Error(), "image 0 of 33×32 for an input of 32×32") {
		t.Errorf("error %v", err)
	}
}

func imagesOf(t *testing.T, set data.Dataset) (images []tensor.Image) {
	t.Helper()
	for i := range set.Len() {
		img, err := set.Image(i)
		if err != nil {
			t.Fatal(err)
		}
		images = append(images, img)
	}
	return images
}
