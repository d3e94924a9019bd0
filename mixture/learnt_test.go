package mixture

import (
	"context"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/internal/tiny"
)

// q of fitted components is π_j·exp(τ·s_nce), scaled to sum 1, with s_nce against all
// negatives: PAPER 4.1 and 4.5.
func TestSharesOfFittedComponentsEqualTheirDefinition(t *testing.T) {
	s, img, ctx := learntSegmenter(t, 3), noisy(40, 56), context.Background()
	c := Config{Fit: 10, Share: 0.02, Step: 4}
	phi7, _, err := s.Locations(ctx, img, c)
	if err != nil {
		t.Fatal(err)
	}
	fitted, err := s.claims(ctx, img, phi7, c)
	if err != nil {
		t.Fatal(err)
	}
	if spread := slices.Max(fitted.prior) - slices.Min(fitted.prior); !(spread > 0.1 && spread < 10) {
		t.Fatalf("log shares %v: too much alike, or too few components, to tell anything", fitted.prior)
	}
	q, err := s.ComponentsOf(ctx, img, phi7, c)
	if err != nil {
		t.Fatal(err)
	}
	for i := range phi7.H * phi7.W {
		location := phi7.V[i*phi7.K:][:phi7.K]
		want, sum := make([]float64, q.K), 0.0
		for j := range want {
			want[j] = math.Exp(fitted.prior[j] + 2*nceOf(s, fitted.components[j*phi7.K:][:phi7.K], location))
			sum += want[j]
		}
		for j, w := range want {
			if got := float64(q.V[i*q.K+j]); !(math.Abs(got-w/sum) <= 1e-4) {
				t.Fatalf("location %d: q %v, want %v over %g", i, q.V[i*q.K:][:q.K], want, sum)
			}
		}
	}
}

// nceOf is s_nce of a component and a location, in float64.
func nceOf(s *Segmenter, component, location []float32) float64 {
	score := func(x []float32) float64 {
		dot := 0.0
		for i, v := range component {
			dot += float64(v) * float64(x[i])
		}
		return s.model.TClip * math.Tanh(dot/s.model.TClip)
	}
	own := score(location)
	sum := math.Exp(own)
	for x := range slices.Chunk(s.negatives.X, s.negatives.Dim) {
		sum += math.Exp(score(x))
	}
	return own - math.Log(sum)
}

// A file that anyone may have made changes nothing of the network but its statistics.
func TestAFileOfNegativesWithAnythingElseIsRefused(t *testing.T) {
	const statistic = "encoder.l7.bn.mean"
	for want, spoil := range map[string]func(a map[string][]float32){
		"is no statistic":            func(a map[string][]float32) { a["encoder.l1.weight"] = make([]float32, 9) },
		"statistics":                 func(a map[string][]float32) { delete(a, statistic) },
		statistic + " is NaN":        func(a map[string][]float32) { a[statistic][0] = float32(math.NaN()) },
		"of the negatives is +Inf":   func(a map[string][]float32) { a[negativesOf][2] = float32(math.Inf(1)) },
		"0 numbers of negatives of ": func(a map[string][]float32) { delete(a, negativesOf) },
	} {
		bad := filepath.Join(t.TempDir(), "bad.safetensors")
		if err := learntSegmenter(t, 3).save(bad); err != nil {
			t.Fatal(err)
		}
		tiny.Rewrite(t, bad, spoil)
		err := newSegmenter(t, 32, 3).restore(bad)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), bad) {
			t.Errorf("%v, want one of %s with %q", err, bad, want)
		}
	}
}
