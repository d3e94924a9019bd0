package graph

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/tensor"
)

// open is a program with everything left to Bind.
func open() *Program {
	b := NewBuilder("net")
	x := b.Input("images", Input{}, Any, Any, Any, 3)
	x = b.Conv2D("conv", x, Conv2D{Out: 8, K: 4, Stride: 2, Bias: true}, FanIn())
	x = b.BatchNorm("bn", x, BatchNorm{Groups: 2})
	at := b.Input("at", Input{DType: tensor.Int32}, Any)
	b.Output("map", x)
	b.Output("at", b.Gather("gather", x, at))
	return b.Program()
}

func TestBindFixesEveryDimension(t *testing.T) {
	p := open()
	q, err := p.Bind(6, 12, 9)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range [][]int{{6, 12, 9, 3}, {6, 5, 3, 8}, {6, 5, 3, 8}, {6}, {6, 8}} {
		if got := q.Values[i].Shape; !slices.Equal(got, want) {
			t.Errorf("%s is %v, want %v", q.Values[i].Name, got, want)
		}
	}
	if !q.Bound() || p.Bound() {
		t.Errorf("bound: %t, and the original %t", q.Bound(), p.Bound())
	}
	if got := p.Values[1].Shape; !slices.Equal(got, []int{Any, Any, Any, 8}) {
		t.Errorf("Bind changed the original to %v", got)
	}
}

func TestBindKeepsFixedSizes(t *testing.T) {
	b := NewBuilder("net")
	b.Output("y", b.ReLU("relu", b.Input("x", Input{}, Any, 8, 8, 3)))
	q, err := b.Program().Bind(2, 64, 64)
	if err != nil {
		t.Fatal(err)
	}
	if got := q.Values[1].Shape; !slices.Equal(got, []int{2, 8, 8, 3}) {
		t.Errorf("y is %v", got)
	}
}

func TestEachMaskHasTheRateOfItsDropout(t *testing.T) {
	b := NewBuilder("net")
	x := b.Input("x", Input{}, Any, 8)
	first, second := b.Input("first", Input{}, Any, 8), b.Input("second", Input{}, Any, 8)
	b.Output("y", b.Dropout("a", b.Dropout("b", x, second, 0.5), first, 0.25))
	p := b.Program()
	if a, b := p.Dropout(first), p.Dropout(second); a != 0.25 || b != 0.5 {
		t.Errorf("rates %g and %g, want 0.25 and 0.5", a, b)
	}
	defer func() {
		if msg := fmt.Sprint(recover()); !strings.Contains(msg, "takes x as its mask") {
			t.Errorf("of an input that is none: %s", msg)
		}
	}()
	p.Dropout(x)
}

func TestBindRefusesWhatDoesNotFit(t *testing.T) {
	for _, c := range []struct {
		rows, h, w int
		want       string
	}{
		{0, 12, 12, "rows = 0"},
		{-1, 12, 12, "rows = -1"},
		{5, 12, 12, "bn: 5 rows do not divide into 2 groups"},
		{4, 3, 12, "conv: 4×4 window does not fit"},
		{4, 0, 0, "net"},
	} {
		_, err := open().Bind(c.rows, c.h, c.w)
		msg := fmt.Sprint(err)
		if !strings.HasPrefix(msg, "graph: bind net") || !strings.Contains(msg, c.want) {
			t.Errorf("Bind(%d, %d, %d) gives %v, want %q", c.rows, c.h, c.w, err, c.want)
		}
	}
}

func TestInputsAndOutputsByName(t *testing.T) {
	p := open()
	if p.Input("images") != 0 || p.Input("at") != 1 || p.Input("map") != -1 {
		t.Errorf("inputs at %d and %d, another at %d", p.Input("images"), p.Input("at"), p.Input("map"))
	}
	if p.Output("map") != 0 || p.Output("at") != 1 || p.Output("images") != -1 {
		t.Errorf("outputs at %d and %d, another at %d", p.Output("map"), p.Output("at"), p.Output("images"))
	}
	if p.Values[p.Inputs[1]].DType != tensor.Int32 {
		t.Errorf("the index is %v", p.Values[p.Inputs[1]].DType)
	}
}

func linear(name string, out int) *Program {
	b := NewBuilder(name)
	b.Output("y", b.Linear("linear", b.Input("x", Input{}, Any, 3), Linear{Out: out, Bias: out > 2}, FanIn()))
	return b.Program()
}

func TestVariablesOfSeveralPrograms(t *testing.T) {
	var names []string
	for _, v := range Variables(open(), linear("a", 2), open(), linear("b", 2)) {
		names = append(names, v.Name)
	}
	want := []string{"conv.weight", "conv.bias", "bn.scale", "bn.bias", "bn.mean", "bn.var", "linear.weight"}
	if !slices.Equal(names, want) {
		t.Errorf("variables %v, want %v", names, want)
	}
	msg := panicOf(func() { Variables(linear("a", 2), linear("b", 3)) })
	if !strings.Contains(msg, "linear.weight is [3 2] and, in b, [3 3]") {
		t.Errorf("panic %q", msg)
	}
	other := linear("b", 2)
	other.Vars[0].Trainable = false
	msg = panicOf(func() { Variables(linear("a", 2), other) })
	if !strings.Contains(msg, "linear.weight is trainable: true and, in b, false") {
		t.Errorf("panic %q", msg)
	}
}

// Counted by hand: 4·2·2·5 results of 27 products, 4·7 of 20, and two
// directions of 2 antecedents against 2·3 consequents of 7 numbers.
func TestCostOfACountedProgram(t *testing.T) {
	b := NewBuilder("net")
	x := b.Input("x", Input{}, 4, 4, 4, 3)
	x = b.Conv2D("conv", x, Conv2D{Out: 5, K: 3, Stride: 1, Bias: true}, FanIn())
	x = b.BatchNorm("bn", x, BatchNorm{Groups: 1})
	a := b.Linear("linear", b.Reshape("row", x, 20), Linear{Out: 7}, FanIn())
	loss, penalty, _ := b.NCE("nce", a, b.Input("c", Input{}, 4, 3, 7), 20)
	b.Loss(loss, 1)
	b.Loss(penalty, 0.5)
	got := b.Program().Cost()
	want := Cost{
		Parameters: 27*5 + 5 + 2*5 + 20*7,
		Forward:    2*4*2*2*5*27 + 2*4*7*20 + 2*2*2*6*7,
		Activation: 4 * (4*4*4*3 + 2*4*2*2*5 + 4*20 + 4*7 + 4*3*7 + 3),
	}
	want.Train = 3 * want.Forward
	if got != want {
		t.Errorf("cost %+v, want %+v", got, want)
	}
	vars := b.Program().Vars
	if n := Parameters(vars, "conv."); n != 140 {
		t.Errorf("conv has %d parameters, want 140", n)
	}
	if n := Parameters(vars, "bn.", "linear."); n != 10+140 {
		t.Errorf("bn and linear have %d parameters, want 150", n)
	}
	if Parameters(vars) != want.Parameters {
		t.Errorf("all have %d parameters, want %d", Parameters(vars), want.Parameters)
	}
	if msg := panicOf(func() { open().Cost() }); !strings.Contains(msg, "net is not bound") {
		t.Errorf("panic %q", msg)
	}
}

func TestPrintSaysShapesAndWork(t *testing.T) {
	b := NewBuilder("net")
	x := b.Input("x", Input{}, Any, 6, 6, 3)
	x = b.Conv2D("conv", x, Conv2D{Out: 8, K: 3, Stride: 1, Pad: 1, Bias: true}, FanIn())
	x = b.Reshape("row", b.AvgPool("pool", x, 6, 2), 8)
	loss, _, _ := b.SoftmaxXent("xent", x, b.Input("labels", Input{DType: tensor.Int32}, Any), 10)
	b.Loss(loss, 0.5)
	p := b.Program()
	for _, bind := range []struct {
		shape, flops string
	}{{"·×6×6×8", "–"}, {"2×6×6×8", "0.03"}} { // 2·2·36·8·27
		if bind.flops != "–" {
			var err error
			if p, err = p.Bind(2, 0, 0); err != nil {
				t.Fatal(err)
			}
		}
		var buf bytes.Buffer
		if err := p.Print(&buf); err != nil {
			t.Fatal(err)
		}
		var lines [][]string
		for line := range strings.Lines(buf.String()) {
			lines = append(lines, strings.Fields(line))
		}
		for i, want := range map[int][]string{
			2: {"conv", "Conv2D", "3×3", "s1", "p1", bind.shape, "224", bind.flops},
			6: {"xent", "SoftmaxXent", "scalar", "scalar", "scalar", "0"},
			7: {"loss", "+", "0.5", "·", "xent.loss"},
		} {
			if len(lines) != 8 || !slices.Equal(lines[i][:len(want)], want) {
				t.Errorf("line %d is %v, want %v", i, lines[i], want)
			}
		}
	}
}
