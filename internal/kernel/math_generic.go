package kernel

import "math"

func genericMath() mathFuncs {
	return mathFuncs{
		max:     maxGeneric,
		dot:     dotGeneric,
		axpy:    axpyGeneric,
		scale:   scaleGeneric,
		addRows: addRowsGeneric,
		adam:    adamGeneric,
	}
}

func maxGeneric(x []float32) float32 {
	m := float32(math.Inf(-1))
	for _, v := range x {
		m = max(m, v)
	}
	return m
}

func dotGeneric(x, y []float32) float64 {
	var s float64
	for i, v := range x {
		s += float64(v) * float64(y[i])
	}
	return s
}

func axpyGeneric(y []float32, a float32, x []float32) {
	for i, v := range x {
		y[i] += a * v
	}
}

func scaleGeneric(dst []float32, a float32, x []float32) {
	for i, v := range x {
		dst[i] = a * v
	}
}

func addRowsGeneric(dst []float32, off []int32, src []float32, ld, n int) {
	for i, o := range off {
		row := dst[o:][:n]
		for j, v := range src[i*ld:][:n] {
			row[j] += v
		}
	}
}

// adamFactors are what a step multiplies by: AdamParams without the divisions.
type adamFactors struct {
	decay        float32
	beta1, rest1 float32 // Beta1, 1 − Beta1
	beta2, rest2 float32
	rate         float32 // LR/Correction1
	root         float32 // 1/√Correction2
	eps          float32
}

func (p AdamParams) factors() adamFactors {
	return adamFactors{
		decay: p.WeightDecay,
		beta1: p.Beta1, rest1: 1 - p.Beta1,
		beta2: p.Beta2, rest2: 1 - p.Beta2,
		rate: p.LR / p.Correction1,
		root: 1 / float32(math.Sqrt(float64(p.Correction2))),
		eps:  p.Eps,
	}
}

func adamGeneric(w, m, v, g []float32, p AdamParams) {
	f := p.factors()
	for i, x := range w {
		d := g[i] + f.decay*x
		m[i] = f.beta1*m[i] + f.rest1*d
		v[i] = f.beta2*v[i] + f.rest2*d*d
		w[i] = x - f.rate*m[i]/(float32(math.Sqrt(float64(v[i])))*f.root+f.eps)
	}
}
