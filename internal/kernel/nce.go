package kernel

// nceFunc is NCEScores.
type nceFunc func(dst, x []float32, c NCEClip) NCESums

// NCEClip says how products become scores of the contrastive loss.
type NCEClip struct {
	Scale float32 // s = Scale·x
	Clip  float32 // y = Clip·tanh(s/Clip); 0: y = s
	Top   float32 // at least about the largest y, so that no e^(y−Top) overflows
}

// NCESums are sums over scores.
type NCESums struct {
	Square float64 // s²
	Exp    float64 // e^(y−Top)
	Beyond int     // number of |s| > Clip; 0 if Clip is 0
}

// NCEScores computes the scores of products x with negatives and returns their
// sums. It sets dst to numbers proportional to the derivative of log Σ e^y by s:
//
//	dst = e^(y−Top) · dy/ds,  dy/ds = 1 − tanh²(s/Clip), or 1 where Clip is 0
//
// PAPER 1.2. dst may be x.
func (s *Set) NCEScores(dst, x []float32, c NCEClip) NCESums {
	same("NCEScores", "len(dst)", len(dst), len(x))
	return s.nce(dst, x, c)
}

// NCEGradient sets dst = E(a·u + b·x), the derivative of the loss and of the
// mean of squares by products x whose NCEScores are u. dst may be x or u.
func (p *Products[E]) NCEGradient(dst []E, a float32, u []float32, b float32, x []float32) {
	same("NCEGradient", "len(u)", len(u), len(dst))
	same("NCEGradient", "len(x)", len(x), len(dst))
	p.nceGradient(dst, a, u, b, x)
}
