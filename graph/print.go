package graph

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/amdim/amdim/tensor"
)

// Print writes the program as a table: one line per operation with its result
// shapes, variables and, when bound, FLOPs.
func (p *Program) Print(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "operation\tkind\tresult\tparameters\tMFLOP\n")
	for _, op := range p.Ops {
		var shapes []string
		for _, v := range op.Out {
			shapes = append(shapes, shapeString(p.Values[v].Shape))
		}
		params := 0
		for _, v := range op.Vars {
			if p.Vars[v].Trainable {
				params += tensor.Size(p.Vars[v].Shape)
			}
		}
		flops := "–"
		if p.Bound() {
			flops = fmt.Sprintf("%.2f", float64(p.OpFLOPs(op))/1e6)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%s\n", op.Name, describe(op.Attr), strings.Join(shapes, " "), params, flops)
	}
	for _, l := range p.Loss {
		fmt.Fprintf(t, "loss\t+ %g ·\t%s\t\t\n", l.Weight, p.Values[l.Value].Name)
	}
	return t.Flush()
}

func describe(a Attr) string {
	switch a := a.(type) {
	case Conv2D:
		s := fmt.Sprintf("Conv2D %d×%d s%d", a.K, a.K, a.Stride)
		if a.Pad > 0 {
			s += fmt.Sprintf(" p%d", a.Pad)
		}
		return s
	case AvgPool:
		return fmt.Sprintf("AvgPool %d×%d s%d", a.K, a.K, a.Stride)
	}
	return a.Kind()
}

func shapeString(s []int) string {
	if len(s) == 0 {
		return "scalar"
	}
	parts := make([]string, len(s))
	for i, d := range s {
		parts[i] = fmt.Sprint(d)
		if d == Any {
			parts[i] = "·"
		}
	}
	return strings.Join(parts, "×")
}
