package ref

import "math"

// relu sets y = max(x, 0); NaN stays NaN.
func relu(y, x array) {
	for i, v := range x.v {
		y.v[i] = math.Max(v, 0)
	}
}

// reluBackward adds dx = dy where x > 0. At 0, where the derivative does not
// exist, it is 0.
func reluBackward(dx, dy, x array) {
	for i, v := range x.v {
		if v > 0 {
			dx.v[i] += dy.v[i]
		}
	}
}
