package onnx

import (
	"fmt"

	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/tensor"
)

// array is an initializer: a constant or a weight, read when it is written.
type array struct {
	name   string
	shape  []int
	floats func() ([]float32, error) // or
	ints   []int64
}

// walk writes the nodes of a program.
type walk struct {
	p       *graph.Program
	options Options
	nodes   []message
	arrays  []array
	names   []string // of values, in ONNX
	input   message
}

// node adds an operation with one result, named for it.
func (w *walk) node(kind, name string, in []string, attributes ...message) {
	m := message{}
	for _, i := range in {
		m = m.text(nodeInput, i)
	}
	m = m.text(nodeOutput, name).text(nodeName, name).text(nodeOp, kind)
	for _, a := range attributes {
		m = m.message(nodeAttribute, a)
	}
	w.nodes = append(w.nodes, m)
}

// constant adds numbers that are part of the program.
func (w *walk) constant(name string, v []float32, shape ...int) string {
	floats := func() ([]float32, error) { return v, nil }
	w.arrays = append(w.arrays, array{name: name, shape: shape, floats: floats})
	return name
}

func (w *walk) ints(name string, v ...int64) string {
	w.arrays = append(w.arrays, array{name: name, shape: []int{len(v)}, ints: v})
	return name
}

// variable adds a weight: HWIO becomes OIHW.
func (w *walk) variable(id graph.VarID) string {
	v := w.p.Vars[id]
	w.arrays = append(w.arrays, array{
		name: v.Name, shape: tensor.OutFirstShape(v.Shape),
		floats: func() ([]float32, error) {
			x, err := w.options.Array(v.Name)
			if err != nil || len(x) != tensor.Size(v.Shape) {
				return x, err
			}
			return tensor.OutFirst(x, v.Shape), nil
		},
	})
	return v.Name
}

// op writes the nodes of one operation.
func (w *walk) op(op graph.Op) error {
	var in []string
	for _, v := range op.In {
		in = append(in, w.names[v])
	}
	for _, v := range op.Out {
		w.names[v] = op.Name
	}
	switch a := op.Attr.(type) {
	case graph.Input:
		return w.image(op, a)
	case graph.Conv2D:
		w.conv(op, a, in[0])
	case graph.BatchNorm:
		if a.Mode != graph.Running {
			return fmt.Errorf("%s has the statistics of its batch: a frozen network is needed", op.Name)
		}
		for _, v := range op.Vars {
			in = append(in, w.variable(v))
		}
		w.node("BatchNormalization", op.Name, in, attribute("epsilon", float32(a.Eps)))
	case graph.ReLU:
		w.node("Relu", op.Name, in)
	case graph.Add:
		w.node("Add", op.Name, in)
	case graph.AvgPool:
		w.node("AveragePool", op.Name, in, attribute("kernel_shape", []int{a.K, a.K}),
			attribute("strides", []int{a.Stride, a.Stride}))
	case graph.PadChannels:
		x := w.p.Values[op.In[0]].Shape
		more := w.ints(op.Name+".pads", 0, 0, 0, 0, 0, int64(a.Out-x[len(x)-1]), 0, 0)
		w.node("Pad", op.Name, append(in, more), attribute("mode", "constant"))
	case graph.Reshape:
		x := w.p.Values[op.In[0]].Shape
		if len(x) != 4 || x[1] != 1 || x[2] != 1 || len(a.Row) != 1 { // NCHW and NHWC agree only for a single pixel
			return fmt.Errorf("%s reshapes %v to rows of %v", op.Name, x, a.Row)
		}
		w.node("Flatten", op.Name, in, attribute("axis", 1))
	default:
		return fmt.Errorf("%s: no node for %s", op.Name, op.Attr.Kind())
	}
	return nil
}

// image writes the input of 8-bit pixels: the file takes x/255.
func (w *walk) image(op graph.Op, a graph.Input) error {
	s := w.p.Values[op.Out[0]].Shape
	if a.DType != tensor.Uint8 || len(s) != 4 || w.input != nil {
		return fmt.Errorf("input %s: one batch of images is needed", op.Name)
	}
	w.input = info(InputName, s[3], s[1], s[2])
	mean := w.constant(op.Name+".mean", a.Mean, 1, len(a.Mean), 1, 1)
	std := w.constant(op.Name+".std", a.Std, 1, len(a.Std), 1, 1)
	w.node("Sub", op.Name+".centred", []string{InputName, mean})
	w.node("Div", op.Name, []string{op.Name + ".centred", std})
	return nil
}

func (w *walk) conv(op graph.Op, a graph.Conv2D, x string) {
	pad := a.Pad
	if pad > 0 && a.Reflect {
		p := int64(pad)
		pads := w.ints(op.Name+".pads", 0, 0, p, p, 0, 0, p, p)
		w.node("Pad", op.Name+".padded", []string{x, pads}, attribute("mode", "reflect"))
		x, pad = op.Name+".padded", 0
	}
	in := []string{x}
	for _, v := range op.Vars {
		in = append(in, w.variable(v))
	}
	w.node("Conv", op.Name, in, attribute("kernel_shape", []int{a.K, a.K}),
		attribute("strides", []int{a.Stride, a.Stride}), attribute("pads", []int{pad, pad, pad, pad}))
}

// outputs gives the program's outputs their names; their values may be named otherwise.
func (w *walk) outputs() []message {
	var all []message
	for _, o := range w.p.Outputs {
		row := w.p.Values[o.Value].Shape[1:]
		if len(row) == 3 {
			row = []int{row[2], row[0], row[1]}
		}
		all = append(all, info(o.Name, row...))
		if w.names[o.Value] != o.Name {
			w.node("Identity", o.Name, []string{w.names[o.Value]})
		}
	}
	return all
}
