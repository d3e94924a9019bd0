package graph

import (
	"fmt"
	"slices"
)

// infer returns the result shapes of an operation for the given input shapes;
// Any passes through.
func infer(a Attr, in [][]int) ([][]int, error) {
	if want := arity(a); len(in) != want {
		return nil, fmt.Errorf("%d inputs, need %d", len(in), want)
	}
	switch a := a.(type) {
	case Conv2D:
		return inferConv(a, in[0])
	case AvgPool:
		return window(in[0], a.K, a.Stride, 0, -1)
	case PadChannels:
		return inferPad(a, in[0])
	case BatchNorm:
		if n := in[0][0]; a.Mode != Running && n != Any && (a.Groups <= 0 || n%a.Groups != 0) {
			return nil, fmt.Errorf("%d rows do not divide into %d groups", n, a.Groups)
		}
		return [][]int{in[0]}, nil
	case ReLU, StopGrad:
		return [][]int{in[0]}, nil
	case Add, Dropout:
		_, add := a.(Add)
		if !equalShape(in[0], in[1]) && !(add && Broadcasts(in[0], in[1])) {
			return nil, fmt.Errorf("shapes %v and %v differ", in[0], in[1])
		}
		return [][]int{in[0]}, nil
	case Reshape:
		return inferReshape(a, in[0])
	case Linear:
		if len(in[0]) != 2 {
			return nil, fmt.Errorf("shape %v, need (n, c)", in[0])
		}
		return [][]int{{in[0][0], a.Out}}, nil
	case Gather:
		if len(in[0]) != 4 || len(in[1]) != 1 || in[0][0] != in[1][0] {
			return nil, fmt.Errorf("shapes %v and %v, need (n, h, w, c) and (n)", in[0], in[1])
		}
		return [][]int{{in[0][0], in[0][3]}}, nil
	case SoftmaxXent:
		if len(in[0]) != 2 || len(in[1]) != 1 || in[0][0] != in[1][0] {
			return nil, fmt.Errorf("shapes %v and %v, need (n, classes) and (n)", in[0], in[1])
		}
		return [][]int{nil, nil, nil}, nil
	case NCE:
		return inferNCE(in[0], in[1])
	case MixtureNCE:
		return inferMixtureNCE(a, in[0], in[1])
	}
	panic(fmt.Sprintf("graph: infer: no rule for %T", a))
}

func arity(a Attr) int {
	switch a.(type) {
	case Add, Dropout, Gather, SoftmaxXent, NCE, MixtureNCE:
		return 2
	case Input:
		return 0
	}
	return 1
}

// Broadcasts reports whether Add adds rows of channels y (n, c) at every place of
// x (n, …, c).
func Broadcasts(x, y []int) bool {
	return len(y) == 2 && len(x) > 2 && x[0] == y[0] && x[len(x)-1] == y[1]
}

func inferConv(a Conv2D, in []int) ([][]int, error) {
	if a.Out <= 0 {
		return nil, fmt.Errorf("%d output channels", a.Out)
	}
	if a.Reflect && len(in) == 4 && (in[1] != Any && a.Pad >= in[1] || in[2] != Any && a.Pad >= in[2]) {
		return nil, fmt.Errorf("reflection of %d pixels on an image of %d×%d", a.Pad, in[1], in[2])
	}
	return window(in, a.K, a.Stride, a.Pad, a.Out)
}

// window is the shape after a k×k window; channels −1 keeps those of in.
func window(in []int, k, stride, pad, channels int) ([][]int, error) {
	if len(in) != 4 || k <= 0 || stride <= 0 || pad < 0 {
		return nil, fmt.Errorf("%d×%d window, stride %d, pad %d on shape %v, need (n, h, w, c)",
			k, k, stride, pad, in)
	}
	out := slices.Clone(in)
	for i := 1; i <= 2; i++ {
		if in[i] == Any {
			continue
		}
		if in[i]+2*pad < k {
			return nil, fmt.Errorf("%d×%d window does not fit on shape %v", k, k, in)
		}
		out[i] = (in[i]+2*pad-k)/stride + 1
	}
	if channels >= 0 {
		out[3] = channels
	}
	return [][]int{out}, nil
}

func inferPad(a PadChannels, in []int) ([][]int, error) {
	out := slices.Clone(in)
	last := len(out) - 1
	if last < 1 || out[last] > a.Out {
		return nil, fmt.Errorf("shape %v does not pad to %d channels", in, a.Out)
	}
	out[last] = a.Out
	return [][]int{out}, nil
}

func inferReshape(a Reshape, in []int) ([][]int, error) {
	have, want := 1, 1
	known := true
	for _, d := range in[1:] {
		have *= d
		known = known && d != Any
	}
	for _, d := range a.Row {
		want *= d
	}
	if known && have != want {
		return nil, fmt.Errorf("rows of %v (%d) to %v (%d)", in[1:], have, a.Row, want)
	}
	return [][]int{append([]int{in[0]}, a.Row...)}, nil
}

func inferNCE(a, c []int) ([][]int, error) {
	if len(a) != 2 || len(c) < 3 || a[0] != c[0] || a[1] != c[len(c)-1] {
		return nil, fmt.Errorf("shapes %v and %v, need (2B, r) and (2B, …, r)", a, c)
	}
	return [][]int{nil, nil, nil}, twoViews(a[0])
}

func inferMixtureNCE(m MixtureNCE, a, c []int) ([][]int, error) {
	if len(a) != 3 || len(c) < 3 || a[0] != c[0] || a[1] < 1 || a[2] != c[len(c)-1] {
		return nil, fmt.Errorf("shapes %v and %v, need (2B, k, r) and (2B, …, r)", a, c)
	}
	if !m.Hard && !(m.Tau > 0) {
		return nil, fmt.Errorf("temperature %g, need more than 0", m.Tau)
	}
	q := slices.Clone(c)
	q[len(q)-1] = a[1]
	return [][]int{nil, nil, nil, nil, q}, twoViews(a[0])
}

func twoViews(rows int) error {
	if rows != Any && (rows%2 != 0 || rows < 4) {
		return fmt.Errorf("%d rows: need two views of at least 2 images", rows)
	}
	return nil
}

func equalShape(a, b []int) bool { return slices.Equal(a, b) }
