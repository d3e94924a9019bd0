package mixture

import (
	"testing"

	"github.com/amdim/amdim/internal/looks"
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/segment"
	"github.com/amdim/amdim/tensor"
)

func TestAHardMixtureIsSegmentedAtTheDefaultTau(t *testing.T) {
	for want, mix := range map[float64]model.Mix{0.5: {K: 3, Tau: 0.5}, 2: {K: 3, Hard: true}} {
		m := mixed(32)
		m.Mix = mix
		if got := (Config{}).Effective(m).Tau; got != want {
			t.Errorf("%+v: τ = %g, want %g", mix, got, want)
		}
		if got := (Config{Tau: 5}).Effective(m).Tau; got != 5 {
			t.Errorf("%+v: τ = %g, want the one given", mix, got)
		}
	}
}

// A pixel that joins another component is as certain as that one is there.
func TestConfidenceIsOfTheComponentThatAPixelHas(t *testing.T) {
	g := segment.Grid{W: 4, H: 4, K: 2, DX: 1, DY: 1, V: make([]float32, 32)}
	for i := range 16 {
		g.V[2*i], g.V[2*i+1] = 0.8, 0.2
	}
	g.V[10], g.V[11] = 0.1, 0.9
	for least, want := range map[float64]float32{0: 0.9, 0.2: 0.1} {
		ctx := looks.After(100)
		m, sure, err := Config{Least: least}.Cut(ctx, g, tensor.NewImage(4, 4), 2)
		if err != nil {
			t.Fatal(err)
		}
		looked := 4 + 1 // at each row, and at the end
		if least > 0 {
			looked += 1 + 4 + 1 // at the pixel that joins the others, and at each row again
		}
		if ctx.Made() != looked {
			t.Errorf("least %g: %d looks at the context, want %d", least, ctx.Made(), looked)
		}
		if (m.Label[5] == 1) != (least == 0) || sure[5] != want || sure[6] != 0.8 {
			t.Errorf("least %g: label %d, confidence %v, want %v", least, m.Label[5], sure[5], want)
		}
	}
}
