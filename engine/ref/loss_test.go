package ref

import (
	"math"
	"testing"

	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/rng"
)

func scalars() (loss, penalty, metric array) {
	return newArray(nil), newArray(nil), newArray(nil)
}

// Worked by hand for B = 2, L = 1, r = 4 and no clip. Scores are ⟨a, c⟩/2:
// view 1 on view 2 [1 0; 0 2], view 2 on view 1 [3 1; 0 0].
func TestNCEOnWorkedNumbers(t *testing.T) {
	e := func(k int, x float64) []float64 { v := make([]float64, 4); v[k] = 2 * x; return v }
	join := func(rows ...[]float64) (v []float64) {
		for _, r := range rows {
			v = append(v, r...)
		}
		return v
	}
	a := arr(join(e(0, 1), e(1, 1), e(2, 1), e(3, 1)), 4, 4)
	c := arr([]float64{0, 0, 3, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 2, 0, 0}, 4, 1, 4)
	loss, penalty, clipped := scalars()
	nce(graph.NCE{}, loss, penalty, clipped, a, c)
	softplus := func(x float64) float64 { return math.Log1p(math.Exp(x)) }
	forth := (softplus(0-1) + softplus(0-2)) / 2 // negative minus positive
	back := (softplus(1-3) + softplus(0)) / 2
	equal(t, "loss", loss, (forth+back)/2)
	equal(t, "penalty", penalty, (5.0/4+10.0/4)/2)

	nce(graph.NCE{Clip: 1.5}, newArray(nil), newArray(nil), clipped, a, c)
	equal(t, "clipped", clipped, (1.0/4+1.0/4)/2) // the score 2 of one direction, the 3 of the other
}

// bruteNCE is written from the formula of PAPER 1.2, without the package's
// functions: p = exp(s'_pos) / (exp(s'_pos) + Σ_negatives exp(s')).
func bruteNCE(a, c []float64, b, l, r int, clip float64) (loss, penalty, share float64) {
	for view := range 2 {
		for i := range b {
			s := func(n, m int) float64 {
				var dot float64
				for k := range r {
					dot += a[(view*b+i)*r+k] * c[(((1-view)*b+n)*l+m)*r+k]
				}
				return dot / math.Sqrt(float64(r))
			}
			soft := func(n, m int) float64 { return math.Exp(clip * math.Tanh(s(n, m)/clip)) }
			var negatives float64
			for n := range b {
				for m := range l {
					penalty += s(n, m) * s(n, m) / float64(2*b*b*l)
					if math.Abs(s(n, m)) > clip {
						share += 1 / float64(2*b*b*l)
					}
					if n != i {
						negatives += soft(n, m)
					}
				}
			}
			for m := range l {
				loss -= math.Log(soft(i, m)/(soft(i, m)+negatives)) / float64(2*b*l)
			}
		}
	}
	return loss, penalty, share
}

func TestNCEEqualsItsFormula(t *testing.T) {
	const b, l, r, clip, seed = 3, 4, 5, 2.0, 11
	s := rng.New(seed, 0, 0, rng.Sample)
	draw := func(n int) []float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = 2 * s.Normal()
		}
		return v
	}
	a, c := draw(2*b*r), draw(2*b*l*r)
	loss, penalty, clipped := scalars()
	nce(graph.NCE{Clip: clip}, loss, penalty, clipped, arr(a, 2*b, r), arr(c, 2*b, 2, 2, r))
	wantLoss, wantPenalty, wantShare := bruteNCE(a, c, b, l, r, clip)
	if wantShare == 0 || wantShare == 1 {
		t.Fatalf("share %g clips nothing or all", wantShare)
	}
	equal(t, "loss", loss, wantLoss)
	equal(t, "penalty", penalty, wantPenalty)
	equal(t, "clipped", clipped, wantShare)
}

func TestNCEIsSymmetricInViews(t *testing.T) {
	const b, l, r, seed = 3, 2, 4, 12
	s := rng.New(seed, 0, 0, rng.Sample)
	a, c := newArray([]int{2 * b, r}), newArray([]int{2 * b, l, r})
	for _, v := range [][]float64{a.v, c.v} {
		for i := range v {
			v[i] = s.Normal()
		}
	}
	swap := func(x array) array {
		return array{x.shape, append(append([]float64{}, x.rows(b, 2*b).v...), x.rows(0, b).v...)}
	}
	loss, penalty, _ := scalars()
	swapped, swappedPenalty, _ := scalars()
	nce(graph.NCE{Clip: 20}, loss, penalty, newArray(nil), a, c)
	nce(graph.NCE{Clip: 20}, swapped, swappedPenalty, newArray(nil), swap(a), swap(c))
	equal(t, "loss", swapped, loss.v[0])
	equal(t, "penalty", swappedPenalty, penalty.v[0])
}

// Scores of ±1e4 overflow exp; what remains is the difference to the best negative.
func TestNCEIsFiniteForLargeScores(t *testing.T) {
	a := arr([]float64{100, -100, 100, -100}, 4, 1)
	c := arr([]float64{100, -100, -100, 100}, 4, 1, 1)
	loss, _, _ := scalars()
	nce(graph.NCE{}, loss, newArray(nil), newArray(nil), a, c)
	equal(t, "loss", loss, (2e4+0)/2) // view 1 on view 2 is wrong by 2e4, view 2 on view 1 right
}

func TestSoftmaxXentOnWorkedNumbers(t *testing.T) {
	logits := arr([]float64{math.Log(3), 0, 0, math.Log(4), 1, 2}, 3, 2)
	ln := math.Log
	for _, c := range []struct {
		name                    string
		labels                  []float64
		loss, penalty, accuracy float64
	}{
		{"all labelled", []float64{0, 0, 1}, (ln(4.0/3) + ln(5) + ln(1+1/math.E)) / 3, 0, 2.0 / 3},
		{"one ignored", []float64{0, -1, 0}, (ln(4.0/3) + ln(1+math.E)) / 2, 0, 1.0 / 2},
		{"none labelled", []float64{-1, -1, -1}, 0, 0, 0},
	} {
		loss, penalty, accuracy := scalars()
		err := softmaxXent(graph.SoftmaxXent{}, loss, penalty, accuracy, logits, arr(c.labels, 3))
		if err != nil {
			t.Fatal(err)
		}
		equal(t, c.name+": loss", loss, c.loss)
		equal(t, c.name+": accuracy", accuracy, c.accuracy)
		equal(t, c.name+": penalty", penalty, (ln(3)*ln(3)+ln(4)*ln(4)+1+4)/6)
	}
}

func TestSoftmaxXentClipsBeforeTheSoftmax(t *testing.T) {
	loss, _, _ := scalars()
	err := softmaxXent(graph.SoftmaxXent{Clip: 10}, loss, newArray(nil), newArray(nil),
		arr([]float64{1e6, -1e6}, 1, 2), arr([]float64{1}, 1))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "loss", loss, 20+math.Log1p(math.Exp(-20))) // ±10 after the clip
}

func TestSoftmaxXentRefusesALabelThatIsNoClass(t *testing.T) {
	for _, label := range []float64{-2, 2} {
		loss, penalty, accuracy := scalars()
		logits, labels := newArray([]int{1, 2}), arr([]float64{label}, 1)
		if softmaxXent(graph.SoftmaxXent{}, loss, penalty, accuracy, logits, labels) == nil {
			t.Errorf("label %g of 2 classes was taken", label)
		}
	}
}
