package ref

import (
	"math"

	"github.com/amdim/amdim/graph"
)

// nce sets loss, penalty and clipped, each the mean of two directions: view 1
// (rows 0..B−1) predicts view 2 (rows B..2B−1), and view 2 predicts view 1.
// Antecedents are (2B, r), consequents (2B, …, r) with L locations. See
// graph.NCE and PAPER 1.2 to 1.5.
func nce(a graph.NCE, loss, penalty, clipped, antecedents, consequents array) {
	half := antecedents.shape[0] / 2
	for _, from := range []int{0, half} {
		to := half - from
		s := scoresOf(antecedents.rows(from, from+half), consequents.rows(to, to+half))
		loss.v[0] += s.loss(a.Clip) / 2
		penalty.v[0] += s.meanSquare() / 2
		clipped.v[0] += s.shareAbove(a.Clip) / 2
	}
}

// nceBackward adds to the gradients da and dc of antecedents and consequents,
// given the gradients by loss and penalty. The clip share is piecewise
// constant: its gradient is 0.
func nceBackward(a graph.NCE, da, dc, dloss, dpenalty, antecedents, consequents array) {
	half := antecedents.shape[0] / 2
	for _, from := range []int{0, half} {
		to := half - from
		s := scoresOf(antecedents.rows(from, from+half), consequents.rows(to, to+half))
		ds := make([]float64, len(s.v))
		s.lossBackward(ds, a.Clip, dloss.v[0]/2)
		s.meanSquareBackward(ds, dpenalty.v[0]/2)
		s.backward(ds, da.rows(from, from+half), dc.rows(to, to+half))
	}
}

// scores holds one direction: v is (B, B, L), antecedent image b against image
// n at location l.
type scores struct {
	b, l int
	v    []float64
	a, c array // a (B, r), c (B, …, r)
}

// scoresOf computes s[b,n,l] = ⟨a[b], c[n,l]⟩/√r.
func scoresOf(a, c array) scores {
	b, r := a.shape[0], a.shape[1]
	s := scores{b: b, l: c.rowSize() / r, a: a, c: c}
	s.v = make([]float64, b*b*s.l)
	for i := range s.v {
		ci := s.consequent(c, i)
		for k, x := range s.antecedent(a, i) {
			s.v[i] += x * ci[k] / math.Sqrt(float64(r))
		}
	}
	return s
}

// backward adds to da and dc: da[b] += ds·c[n,l]/√r and dc[n,l] += ds·a[b]/√r.
func (s scores) backward(ds []float64, da, dc array) {
	root := math.Sqrt(float64(s.a.shape[1]))
	for i, d := range ds {
		a, c := s.antecedent(s.a, i), s.consequent(s.c, i)
		dai, dci := s.antecedent(da, i), s.consequent(dc, i)
		for k := range a {
			dai[k] += d * c[k] / root
			dci[k] += d * a[k] / root
		}
	}
}

// antecedent is the row of a, of the antecedents' shape, behind score i.
func (s scores) antecedent(a array, i int) []float64 { return a.row(i / (s.b * s.l)) }

// consequent is the location in c, of the consequents' shape, behind score i.
func (s scores) consequent(c array, i int) []float64 { return c.lane(i % (s.b * s.l)) }

// contest lists the scores in the denominator of positive (b, l): that positive
// first, then all locations of all images but b. Other locations of image b
// are not negatives.
func (s scores) contest(b, l int) []int {
	set := []int{(b*s.b+b)*s.l + l}
	for n := range s.b {
		for m := range s.l {
			if n != b {
				set = append(set, (b*s.b+n)*s.l+m)
			}
		}
	}
	return set
}

// loss is the mean of losses.
func (s scores) loss(clip float64) float64 {
	var sum float64
	for _, v := range s.losses(clip) {
		sum += v
	}
	return sum / float64(s.b*s.l)
}

// losses are −log softmax of each positive (b, l) in its contest, on clipped
// scores.
func (s scores) losses(clip float64) []float64 {
	losses := make([]float64, 0, s.b*s.l)
	for b := range s.b {
		for l := range s.l {
			v := clipRow(s.pick(s.contest(b, l)), clip)
			losses = append(losses, logSumExp(v)-v[0])
		}
	}
	return losses
}

// lossBackward adds to ds the derivative of the mean of losses.
func (s scores) lossBackward(ds []float64, clip, dloss float64) {
	dlog := make([]float64, s.b*s.l)
	for i := range dlog {
		dlog[i] = -dloss / float64(len(dlog))
	}
	s.lossesBackward(ds, clip, dlog)
}

// lossesBackward adds to ds, for the derivative dlog by each −losses and with p
// the softmax of a contest whose member 0 is the positive:
//
//	ds[set_i] −= dlog · (p_i − [i = 0]) · ds'/ds
func (s scores) lossesBackward(ds []float64, clip float64, dlog []float64) {
	for b := range s.b {
		for l := range s.l {
			set := s.contest(b, l)
			v := clipRow(s.pick(set), clip)
			z := logSumExp(v)
			for i, at := range set {
				d := math.Exp(v[i] - z)
				if i == 0 {
					d--
				}
				ds[at] -= dlog[b*s.l+l] * d * softClipSlope(s.v[at], clip)
			}
		}
	}
}

// meanSquare is the penalty 1/(B·B·L) Σ s², positives included, before the clip.
func (s scores) meanSquare() float64 {
	var sum float64
	for _, v := range s.v {
		sum += v * v
	}
	return sum / float64(len(s.v))
}

// meanSquareBackward adds dpenalty · 2·s/(B·B·L) to ds.
func (s scores) meanSquareBackward(ds []float64, dpenalty float64) {
	for i, v := range s.v {
		ds[i] += dpenalty * 2 * v / float64(len(s.v))
	}
}

// shareAbove is the share of scores with |s| > clip.
func (s scores) shareAbove(clip float64) float64 {
	n := 0
	for _, v := range s.v {
		if clip != 0 && math.Abs(v) > clip {
			n++
		}
	}
	return float64(n) / float64(len(s.v))
}

func (s scores) pick(set []int) []float64 {
	v := make([]float64, len(set))
	for i, at := range set {
		v[i] = s.v[at]
	}
	return v
}
