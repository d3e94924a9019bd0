package ref

import (
	"math"

	"github.com/amdim/amdim/graph"
)

// batchNorm sets, for channel k of x seen as (rows, c),
//
//	x̂ = (x − mean_k)/√(var_k + eps);  y = scale_k·x̂ + bias_k
//
// Mean and variance (biased: the mean of squares) are those of the group of the
// row or, in mode Running, the running ones. Ioffe and Szegedy 2015, arXiv
// 1502.03167, algorithm 1.
func batchNorm(a graph.BatchNorm, y, x, scale, bias, runMean, runVar array) {
	for g := range groups(a) {
		xg, yg := group(a, x, g), group(a, y, g)
		mean, variance := statistics(a, xg, runMean, runVar)
		for i, v := range xg {
			k := i % len(mean)
			yg[i] = scale.v[k]*(v-mean[k])/math.Sqrt(variance[k]+a.Eps) + bias.v[k]
		}
	}
}

// batchNormBackward adds to dx, dscale and dbias, with n rows in a group and
// sums over them:
//
//	dscale = Σ dy·x̂;  dbias = Σ dy
//	dx     = scale/√(var + eps) · (dy − Σdy/n − x̂·Σ(dy·x̂)/n)   batch statistics
//	dx     = scale/√(var + eps) · dy                             running ones
//
// The two subtracted terms are the derivatives through mean and variance.
// Ioffe and Szegedy 2015, arXiv 1502.03167, section 3.
func batchNormBackward(a graph.BatchNorm, dx, dscale, dbias, dy, x, scale, runMean, runVar array) {
	for g := range groups(a) {
		xg, dxg, dyg := group(a, x, g), group(a, dx, g), group(a, dy, g)
		mean, variance := statistics(a, xg, runMean, runVar)
		c := len(mean)
		n := float64(len(xg) / c)
		hat := make([]float64, len(xg))
		sum, prod := make([]float64, c), make([]float64, c)
		for i, v := range xg {
			k := i % c
			hat[i] = (v - mean[k]) / math.Sqrt(variance[k]+a.Eps)
			sum[k] += dyg[i]
			prod[k] += dyg[i] * hat[i]
		}
		for k := range c {
			dscale.v[k] += prod[k]
			dbias.v[k] += sum[k]
		}
		for i, d := range dyg {
			k := i % c
			if a.Mode != graph.Running {
				d -= sum[k]/n + hat[i]*prod[k]/n
			}
			dxg[i] += scale.v[k] / math.Sqrt(variance[k]+a.Eps) * d
		}
	}
}

// batchNormUpdate moves the running statistics, group after group, towards
// those of the batch, with m = Momentum and n rows in a group:
//
//	running = (1 − m)·running + m·batch
//
// The variance that goes in is the unbiased one, n/(n−1) of the biased. It is
// not defined for a single row and then NaN.
func batchNormUpdate(a graph.BatchNorm, runMean, runVar, x array) {
	for g := range groups(a) {
		mean, variance := moments(group(a, x, g), x.channels())
		n := float64(len(x.v) / x.channels() / a.Groups)
		for k := range mean {
			runMean.v[k] = (1-a.Momentum)*runMean.v[k] + a.Momentum*mean[k]
			runVar.v[k] = (1-a.Momentum)*runVar.v[k] + a.Momentum*variance[k]*(n/(n-1))
		}
	}
}

// groups is the number of groups: running statistics do not know any.
func groups(a graph.BatchNorm) int {
	if a.Mode == graph.Running {
		return 1
	}
	return a.Groups
}

// group is the part of x that belongs to group g.
func group(a graph.BatchNorm, x array, g int) []float64 {
	n := len(x.v) / groups(a)
	return x.v[g*n : (g+1)*n]
}

// statistics are the mean and the variance that normalise a group.
func statistics(a graph.BatchNorm, x []float64, runMean, runVar array) (mean, variance []float64) {
	if a.Mode == graph.Running {
		return runMean.v, runVar.v
	}
	return moments(x, len(runMean.v))
}

// moments are the mean and the biased variance of each of c channels.
func moments(x []float64, c int) (mean, variance []float64) {
	mean, variance = make([]float64, c), make([]float64, c)
	n := float64(len(x) / c)
	for i, v := range x {
		mean[i%c] += v / n
	}
	for i, v := range x {
		d := v - mean[i%c]
		variance[i%c] += d * d / n
	}
	return mean, variance
}
