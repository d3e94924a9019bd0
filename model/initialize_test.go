package model_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/model"
)

func initial(t *testing.T, vars []graph.Var, seed uint64) map[string][]float32 {
	t.Helper()
	w := map[string][]float32{}
	err := model.Initialize(vars, seed, func(name string, v []float32) error {
		w[name] = slices.Clone(v)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestInitialValuesFollowThePaper(t *testing.T) {
	w := initial(t, config(32, 8, 64, 2).Pretrain(10).Vars, 1)
	for _, c := range []struct {
		name  string
		bound float64 // 1/√fanIn
	}{
		{"encoder.l1.weight", 1 / math.Sqrt(27)},
		{"encoder.l1.bias", 1 / math.Sqrt(27)},
		{"encoder.l3.0.conv1.weight", 1 / math.Sqrt(16*8)},
		{"phi5.conv1.weight", 1 / math.Sqrt(32)},
		{"phi5.shortcut.bias", 1 / math.Sqrt(32)},
		{"mlp.fc1.weight", 1 / math.Sqrt(64)},
		{"linear.weight", 1 / math.Sqrt(64)},
	} {
		most := 0.0
		for _, x := range w[c.name] {
			most = max(most, math.Abs(float64(x)))
		}
		if most > c.bound || most < c.bound/2 {
			t.Errorf("%s: largest %v, want draws from ±%v", c.name, most, c.bound)
		}
	}
	for name, v := range w {
		all := func(want float32) bool {
			return !slices.ContainsFunc(v, func(x float32) bool { return x != want })
		}
		switch name[strings.LastIndex(name, "."):] {
		case ".mean":
			if !all(0) {
				t.Errorf("%s is not zero", name)
			}
		case ".scale", ".var":
			if !all(1) {
				t.Errorf("%s is not one", name)
			}
		}
		if (strings.HasSuffix(name, "conv2.weight") || strings.HasSuffix(name, "bn.bias")) && !all(0) {
			t.Errorf("%s is not zero", name)
		}
	}
	for i, x := range w["phi7.shortcut.weight"] { // (32, 64)
		if i/64 == i%64 && x != 1 || i/64 != i%64 && !(math.Abs(float64(x)) <= 0.01) {
			t.Errorf("phi7.shortcut.weight[%d, %d] = %v", i/64, i%64, x)
		}
	}
}

func TestInitialValuesDependOnSeedAndNameAlone(t *testing.T) {
	c := config(32, 8, 64, 1)
	bare, probed := initial(t, c.Encode().Vars, 1), initial(t, c.Pretrain(10).Vars, 1)
	for name, v := range bare {
		if !slices.Equal(v, probed[name]) {
			t.Errorf("%s depends on the other variables", name)
		}
	}
	const name = "encoder.l1.weight"
	if slices.Equal(bare[name], initial(t, c.Encode().Vars, 2)[name]) {
		t.Error("two seeds give the same weights")
	}
	if slices.Equal(probed["phi5.conv1.weight"], probed["phi7.conv1.weight"]) {
		t.Error("two variables of one shape start equal")
	}
}

func TestInitializeNamesTheVariable(t *testing.T) {
	err := model.Initialize(config(32, 8, 64, 1).Encode().Vars, 1, func(string, []float32) error {
		return errors.New("full")
	})
	if err == nil || !strings.Contains(err.Error(), "encoder.l1.weight") {
		t.Errorf("error %v does not name encoder.l1.weight", err)
	}
}
