package report

import (
	"slices"
	"testing"
)

func TestTicksAreRound(t *testing.T) {
	for _, c := range []struct {
		hi   float64
		want []float64
	}{
		{10, []float64{0, 2, 4, 6, 8, 10}},
		{100, []float64{0, 20, 40, 60, 80, 100}},
		{7.3, []float64{0, 2, 4, 6}},
		{0.5, []float64{0, 0.1, 0.2, 0.30000000000000004, 0.4, 0.5}},
	} {
		if got := ticks(span{0, c.hi}); !slices.Equal(got, c.want) {
			t.Errorf("ticks up to %g = %v, want %v", c.hi, got, c.want)
		}
	}
}

func TestPlotMapsTheEndsOfTheAxesToTheEdges(t *testing.T) {
	p := Chart{Top: 100, Series: []Series{{X: []float64{0, 50}, Y: []float64{0, 100}, Level: 50}}}.Plot()
	if want := "44.0,224.0 448.0,10.0"; p.Curves[0].Points != want {
		t.Errorf("points %s, want %s", p.Curves[0].Points, want)
	}
	if want := (p.Top + p.Bottom) / 2; p.Curves[0].Level != want {
		t.Errorf("level at %g, want %g", p.Curves[0].Level, want)
	}
}

func TestPlotHoldsEverythingWithoutATop(t *testing.T) {
	p := Chart{Series: []Series{{X: []float64{0, 10}, Y: []float64{3, 7.3}, Level: 9.1}}}.Plot()
	if last := p.YTicks[len(p.YTicks)-1]; last.Label != "10" || last.At != p.Top {
		t.Errorf("highest tick %+v, want 10 at the top edge %g", last, p.Top)
	}
}
