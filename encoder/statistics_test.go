package encoder

import (
	"context"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/internal/tiny"
)

func TestNothingButAllStatisticsCanBeSet(t *testing.T) {
	e, err := New(tiny.CPU(t), tiny.Model(), Random(1))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	const name = "encoder.l7.bn.mean"
	all := map[string][]float32{}
	err = e.EachStatistic(func(name string, v []float32) error { all[name] = slices.Clone(v); return nil })
	if err != nil || all[name] == nil {
		t.Fatalf("%d statistics, %v", len(all), err)
	}
	before := tiny.Hash(t, e)
	for want, spoil := range map[string]func(m map[string][]float32){
		"is no statistic": func(m map[string][]float32) {
			m["encoder.l1.weight"] = make([]float32, len(tiny.Value(t, e.state, "encoder.l1.weight")))
		},
		"of the network's": func(m map[string][]float32) { delete(m, name) },
		"has 1 numbers":    func(m map[string][]float32) { m[name] = []float32{1} },
		"is NaN": func(m map[string][]float32) {
			m[name] = slices.Repeat([]float32{float32(math.NaN())}, len(all[name]))
		},
	} {
		m := maps.Clone(all)
		spoil(m)
		err := e.SetStatistics(m)
		if err == nil || !strings.Contains(err.Error(), want) || tiny.Hash(t, e) != before {
			t.Errorf("%v, want %q and the same weights", err, want)
		}
	}
	all[name][0]++
	if err := e.SetStatistics(all); err != nil || tiny.Hash(t, e) == before {
		t.Errorf("sound statistics: %v", err)
	}
}

func TestRefreshDependsOnItsSeed(t *testing.T) {
	images := plain(t, tiny.Shapes(t, 32, 50, data.Train))
	refreshed := func(seed uint64) string {
		e, err := New(tiny.CPU(t), tiny.Model(), Random(1))
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		c := RefreshConfig{Images: 40, Batch: 20, Seed: seed}
		if err := e.Refresh(context.Background(), images, c); err != nil {
			t.Fatal(err)
		}
		return tiny.Hash(t, e)
	}
	if one := refreshed(1); one != refreshed(1) || one == refreshed(2) {
		t.Error("the seed alone must decide in which order images are seen")
	}
}
