package model_test

import (
	"testing"

	"github.com/amdim/amdim/graph"
)

// Receptive fields and strides of f7: PAPER 3.2.
func TestGridIsThatOfTheTables(t *testing.T) {
	for px, want := range map[int][2]int{32: {8, 4}, 64: {16, 8}, 128: {35, 16}} {
		g := config(px, 2, 16, 1).Grid()
		if got := [2]int{g.Field, g.Stride}; got != want || g.Count(px) != 7 {
			t.Errorf("%d px: field and stride %v, need %v; %d locations, need 7", px, got, want, g.Count(px))
		}
	}
}

// The middle of the map is the middle of the image, to half a pixel at 128 px,
// where the first layer pads.
func TestGridIsInTheMiddle(t *testing.T) {
	for px, off := range map[int]float64{32: 0, 64: 0, 128: 0.5} {
		g := config(px, 2, 16, 1).Grid()
		middle := g.First + 3*float64(g.Stride)
		if got := float64(px-1)/2 - middle; got != off {
			t.Errorf("%d px: the middle location is %g px off the middle, want %g", px, got, off)
		}
	}
}

func TestCountIsTheTrunksShape(t *testing.T) {
	for _, px := range []int{32, 64, 128} {
		c := config(px, 2, 16, 1)
		p := c.Trunk("f7", "phi7")
		for side := c.Grid().Field; side < 3*px; side++ {
			bound, err := p.Bind(1, side, side+px)
			if err != nil {
				t.Fatalf("%d px, side %d: %v", px, side, err)
			}
			y, x := c.Grid().Count(side), c.Grid().Count(side+px)
			for _, out := range bound.Outputs {
				if s := bound.Values[out.Value].Shape; s[1] != y || s[2] != x {
					t.Fatalf("%d px, side %d: %s is %v, the grid says %d×%d", px, side, out.Name, s, y, x)
				}
			}
		}
		if n := c.Grid().Count(c.Grid().Field - 5); n > 0 && px != 128 {
			t.Errorf("%d px: %d locations in less than their field", px, n)
		}
	}
}

// Trunk and Encode have the same variables up to f7 and φ7.
func TestTrunkIsAPartOfEncode(t *testing.T) {
	c := config(64, 2, 16, 1)
	all := map[string]bool{}
	for _, v := range graph.Variables(c.Encode("f1", "phi7")) {
		all[v.Name] = true
	}
	for _, v := range graph.Variables(c.Trunk("phi7")) {
		if !all[v.Name] {
			t.Errorf("variable %s of the trunk is none of the encoder", v.Name)
		}
	}
}
