package graph

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/tensor"
)

// panicOf is the message with which f panics, or "".
func panicOf(f func()) (msg string) {
	defer func() {
		if r := recover(); r != nil {
			msg = fmt.Sprint(r)
		}
	}()
	f()
	return ""
}

// A wrong program panics and names itself, the operation and what is wrong.
func TestWrongProgramsPanic(t *testing.T) {
	for _, c := range []struct {
		want  string // in the message, after the program and the operation
		build func(b *Builder, image, rows, index ValueID)
	}{
		{"0 output channels", func(b *Builder, x, _, _ ValueID) {
			b.Conv2D("op", x, Conv2D{K: 3, Stride: 1}, FanIn())
		}},
		{"3×3 window, stride 0", func(b *Builder, x, _, _ ValueID) {
			b.Conv2D("op", x, Conv2D{Out: 1, K: 3}, FanIn())
		}},
		{"7×7 window does not fit", func(b *Builder, x, _, _ ValueID) {
			b.Conv2D("op", x, Conv2D{Out: 1, K: 7, Stride: 1}, FanIn())
		}},
		{"pad -1", func(b *Builder, x, _, _ ValueID) {
			b.Conv2D("op", x, Conv2D{Out: 1, K: 3, Stride: 1, Pad: -1}, FanIn())
		}},
		{"reflection of 5 pixels", func(b *Builder, x, _, _ ValueID) {
			b.Conv2D("op", x, Conv2D{Out: 1, K: 3, Stride: 1, Pad: 5, Reflect: true}, FanIn())
		}},
		{"need (n, h, w, c)", func(b *Builder, _, x, _ ValueID) { b.AvgPool("op", x, 2, 2) }},
		{"6×6 window does not fit", func(b *Builder, x, _, _ ValueID) { b.AvgPool("op", x, 6, 1) }},
		{"does not pad to 2 channels", func(b *Builder, x, _, _ ValueID) { b.PadChannels("op", x, 2) }},
		{"4 rows do not divide into 3 groups", func(b *Builder, x, _, _ ValueID) {
			b.BatchNorm("op", x, BatchNorm{Groups: 3})
		}},
		{"0 groups", func(b *Builder, x, _, _ ValueID) { b.BatchNorm("op", x, BatchNorm{}) }},
		{"differ", func(b *Builder, x, y, _ ValueID) { b.Add("op", x, y) }},
		{"differ", func(b *Builder, x, y, _ ValueID) { b.Dropout("op", x, y, 0.5) }},
		{"rows of [5 5 3] (75) to [5 5] (25)", func(b *Builder, x, _, _ ValueID) {
			b.Reshape("op", x, 5, 5)
		}},
		{"need (n, c)", func(b *Builder, x, _, _ ValueID) { b.Linear("op", x, Linear{Out: 2}, FanIn()) }},
		{"need (n, h, w, c) and (n)", func(b *Builder, _, x, i ValueID) { b.Gather("op", x, i) }},
		{"need (n, classes) and (n)", func(b *Builder, x, _, i ValueID) { b.SoftmaxXent("op", x, i, 10) }},
		{"need (2B, r) and (2B, …, r)", func(b *Builder, x, y, _ ValueID) { b.NCE("op", y, x, 20) }},
		{"need (2B, r) and (2B, …, r)", func(b *Builder, _, y, _ ValueID) { b.NCE("op", y, y, 20) }},
		{"need (2B, k, r) and (2B, …, r)", func(b *Builder, x, y, _ ValueID) {
			b.MixtureNCE("op", y, x, MixtureNCE{Tau: 1})
		}},
		{"temperature 0", func(b *Builder, x, _, _ ValueID) {
			c := b.Reshape("c", x, 25, 3)
			b.MixtureNCE("op", c, c, MixtureNCE{})
		}},
		{"differ", func(b *Builder, x, _, _ ValueID) { b.Add("op", x, b.Reshape("row", x, 75)) }},
	} {
		b := NewBuilder("net")
		x := b.Input("images", Input{}, 4, 5, 5, 3)
		y := b.Input("rows", Input{}, 4, 7)
		i := b.Input("index", Input{DType: tensor.Int32}, 4)
		msg := panicOf(func() { c.build(b, x, y, i) })
		names := strings.HasPrefix(msg, "graph: net: ") && strings.Contains(msg, " op: ")
		if !names || !strings.Contains(msg, c.want) {
			t.Errorf("panic %q, want one of net and op with %q", msg, c.want)
		}
	}
}

func TestNCENeedsTwoViewsOfTwoImages(t *testing.T) {
	for _, rows := range []int{2, 5} {
		b := NewBuilder("net")
		a, c := b.Input("a", Input{}, rows, 3), b.Input("c", Input{}, rows, 1, 3)
		if msg := panicOf(func() { b.NCE("nce", a, c, 20) }); !strings.Contains(msg, "two views") {
			t.Errorf("%d rows: panic %q", rows, msg)
		}
	}
}

func TestShapesOfAMixture(t *testing.T) {
	b := NewBuilder("net")
	f, m := b.Input("f", Input{}, 4, 7), b.Input("m", Input{}, 4, 3, 7)
	c := b.Input("c", Input{}, 4, 5, 5, 7)
	a := b.Add("add", m, f)
	b.Check(a, 4, 3, 7)
	got := b.MixtureNCE("nce", a, c, MixtureNCE{Tau: 1})
	for _, v := range []ValueID{got.Loss, got.Penalty, got.Clipped, got.Usage} {
		b.Check(v)
	}
	b.Check(got.Q, 4, 5, 5, 3)
	if want := int64(2 * 2 * 3 * 4 * 25 * 7); b.Program().Cost().Forward != want {
		t.Errorf("%d FLOPs, want %d", b.Program().Cost().Forward, want)
	}
}

func TestNamesAreTakenOnce(t *testing.T) {
	b := NewBuilder("net")
	x := b.Input("x", Input{}, 2, 3)
	b.Output("y", b.ReLU("relu", x))
	for name, f := range map[string]func(){
		"operation relu twice": func() { b.ReLU("relu", x) },
		"operation x twice":    func() { b.Input("x", Input{}, 2, 3) },
		"output y twice":       func() { b.Output("y", x) },
		"x is [2 3], want [3]": func() { b.Check(x, 3) },
		"x is [2 3], want []":  func() { b.Loss(x, 1) },
	} {
		if msg := panicOf(f); !strings.Contains(msg, name) {
			t.Errorf("panic %q, want %q", msg, name)
		}
	}
}

func TestImagesNeedAMeanPerChannel(t *testing.T) {
	b := NewBuilder("net")
	msg := panicOf(func() {
		b.Input("images", Input{DType: tensor.Uint8, Mean: []float32{0.5}, Std: []float32{0.5}}, 4, 5, 5, 3)
	})
	if !strings.Contains(msg, "1 means and 1 deviations for 3 channels") {
		t.Errorf("panic %q", msg)
	}
}

func TestShapesOfResults(t *testing.T) {
	b := NewBuilder("net")
	x := b.Input("images", Input{}, Any, Any, 12, 3)
	conv := Conv2D{Out: 8, K: 5, Stride: 2, Pad: 2, Reflect: true}
	for _, c := range []struct {
		name string
		v    ValueID
		want []int
	}{
		{"conv", b.Conv2D("conv", x, conv, FanIn()), []int{Any, Any, 6, 8}},
		{"pool", b.AvgPool("pool", x, 4, 2), []int{Any, Any, 5, 3}},
		{"pad", b.PadChannels("pad", x, 5), []int{Any, Any, 12, 5}},
		{"bn", b.BatchNorm("bn", x, BatchNorm{Groups: 2}), []int{Any, Any, 12, 3}},
		{"add", b.Add("add", x, x), []int{Any, Any, 12, 3}},
		{"reshape", b.Reshape("row", x, 432), []int{Any, 432}},
		{"gather", b.Gather("gather", x, b.Input("at", Input{DType: tensor.Int32}, Any)), []int{Any, 3}},
	} {
		if got := b.Shape(c.v); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestVariablesOfLayers(t *testing.T) {
	b := NewBuilder("net")
	x := b.Input("x", Input{}, 2, 6, 6, 3)
	b.Group("encoder")
	b.Conv2D("conv", x, Conv2D{Out: 8, K: 3, Stride: 1, Bias: true}, FanIn())
	b.Group("probe")
	b.BatchNorm("bn", x, BatchNorm{Groups: 1})
	b.Linear("linear", b.Reshape("row", x, 108), Linear{Out: 5, Bias: true}, FanIn())
	want := []string{
		"conv.weight [3 3 3 8] true encoder", "conv.bias [8] true encoder",
		"bn.scale [3] true probe", "bn.bias [3] true probe",
		"bn.mean [3] false probe", "bn.var [3] false probe",
		"linear.weight [108 5] true probe", "linear.bias [5] true probe",
	}
	var got []string
	for _, v := range b.Program().Vars {
		got = append(got, fmt.Sprint(v.Name, " ", v.Shape, " ", v.Trainable, " ", v.Group))
	}
	if !slices.Equal(got, want) {
		t.Errorf("variables\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
