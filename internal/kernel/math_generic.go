package kernel

import "math"

func genericMath() mathFuncs {
	return mathFuncs{
		exp:     expGeneric,
		tanh:    tanhGeneric,
		max:     maxGeneric,
		sum:     sumGeneric,
		dot:     dotGeneric,
		axpy:    axpyGeneric,
		scale:   scaleGeneric,
		addRows: addRowsGeneric,
		adam:    adamGeneric,
	}
}

// minNormal is the smallest float32 that is not denormal.
const minNormal = 0x1p-126

func expGeneric(dst, src []float32) {
	for i, x := range src {
		y := float32(math.Exp(float64(x)))
		if y < minNormal {
			y = 0
		}
		dst[i] = y
	}
}

func tanhGeneric(dst, src []float32) {
	for i, x := range src {
		dst[i] = float32(math.Tanh(float64(x)))
	}
}

func maxGeneric(x []float32) float32 {
	m := float32(math.Inf(-1))
	for _, v := range x {
		m = max(m, v)
	}
	return m
}

func sumGeneric(x []float32) float64 {
	var s float64
	for _, v := range x {
		s += float64(v)
	}
	return s
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
		if o < 0 {
			continue
		}
		row := dst[o:][:n]
		for j, v := range src[i*ld:][:n] {
			row[j] += v
		}
	}
}

func adamGeneric(w, m, v, g []float32, p AdamParams) {
	rate := p.LR / p.Correction1
	root := 1 / float32(math.Sqrt(float64(p.Correction2)))
	for i, x := range w {
		d := g[i] + p.WeightDecay*x
		m[i] = p.Beta1*m[i] + (1-p.Beta1)*d
		v[i] = p.Beta2*v[i] + (1-p.Beta2)*d*d
		w[i] = x - rate*m[i]/(float32(math.Sqrt(float64(v[i])))*root+p.Eps)
	}
}
