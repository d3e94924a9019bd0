package checkpoint

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/amdim/amdim/graph"
)

// Faults lists what is wrong with the arrays of a checkpoint of a network with
// these variables after step updates; nil: nothing. A fault is a line that names the array.
// A checkpoint with none of Adam's entries holds only weights, which is not a fault.
func Faults(all []Summary, vars []graph.Var, step int) []string {
	want := map[string][]int{}
	isSlot := func(s Summary) bool { return graph.IsSlot(s.Name) }
	slots := slices.ContainsFunc(all, isSlot)
	for _, v := range vars {
		want[v.Name] = v.Shape
		if v.Trainable && slots {
			want[graph.SlotM(v.Name)], want[graph.SlotV(v.Name)] = v.Shape, v.Shape
			want[graph.SlotT(v.Name)] = []int{1}
		}
	}
	var faults []string
	for _, s := range all {
		shape, known := want[s.Name]
		delete(want, s.Name)
		switch {
		case !known:
			faults = append(faults, fmt.Sprintf("tensor %s is not in the network that the config describes", s.Name))
		case !slices.Equal(shape, s.Shape):
			f := fmt.Sprintf("tensor %s has shape %v, the network needs %v", s.Name, s.Shape, shape)
			faults = append(faults, f)
		}
		if f := s.fault(step); f != "" {
			faults = append(faults, f)
		}
	}
	missing := make([]string, 0, len(want))
	for name := range want {
		missing = append(missing, name)
	}
	slices.Sort(missing)
	for _, name := range missing {
		faults = append(faults, fmt.Sprintf("tensor %s is missing", name))
	}
	return faults
}

// fault is what is wrong with the numbers of an array.
func (s Summary) fault(step int) string {
	variable := graph.VarOf(s.Name)
	switch {
	case s.NonFinite > 0:
		return fmt.Sprintf("%s in tensor %s at index %d (%d of %d numbers are not finite)",
			s.Bad, s.Name, s.FirstBad, s.NonFinite, s.Count)
	case s.Name == graph.SlotV(variable) && s.Min < 0:
		return fmt.Sprintf("tensor %s has %g: a second moment cannot be negative", s.Name, s.Min)
	case s.Name == graph.SlotT(variable) && (s.Min < 0 || s.Max > float64(step) || s.Max != math.Trunc(s.Max)):
		return fmt.Sprintf("tensor %s counts %g updates, not %d", s.Name, s.Max, step)
	case s.Name == variable && strings.HasSuffix(s.Name, ".var") && s.Min < 0:
		return fmt.Sprintf("tensor %s has %g: a variance cannot be negative", s.Name, s.Min)
	}
	return ""
}
