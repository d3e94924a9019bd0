package augment

import "math"

// cell is an operation of a published sub-policy: its probability in tenths and
// its magnitude, 0–9; −1 if it has none.
type cell struct {
	op        operation
	tenths    int
	magnitude int
}

// builtIn are the sub-policies that AutoAugment found (Cubuk et al. 2018, arXiv
// 1805.09501, tables 7 and 9), with magnitudes interpreted as in torchvision.
var builtIn = map[string][][2]action{
	"autoaugment-imagenet": actions([][2]cell{
		{{opPosterize, 4, 8}, {opRotate, 6, 9}},
		{{opSolarize, 6, 5}, {opAutoContrast, 6, -1}},
		{{opEqualize, 8, -1}, {opEqualize, 6, -1}},
		{{opPosterize, 6, 7}, {opPosterize, 6, 6}},
		{{opEqualize, 4, -1}, {opSolarize, 2, 4}},
		{{opEqualize, 4, -1}, {opRotate, 8, 8}},
		{{opSolarize, 6, 3}, {opEqualize, 6, -1}},
		{{opPosterize, 8, 5}, {opEqualize, 10, -1}},
		{{opRotate, 2, 3}, {opSolarize, 6, 8}},
		{{opEqualize, 6, -1}, {opPosterize, 4, 6}},
		{{opRotate, 8, 8}, {opColor, 4, 0}},
		{{opRotate, 4, 9}, {opEqualize, 6, -1}},
		{{opEqualize, 0, -1}, {opEqualize, 8, -1}},
		{{opInvert, 6, -1}, {opEqualize, 10, -1}},
		{{opColor, 6, 4}, {opContrast, 10, 8}},
		{{opRotate, 8, 8}, {opColor, 10, 2}},
		{{opColor, 8, 8}, {opSolarize, 8, 7}},
		{{opSharpness, 4, 7}, {opInvert, 6, -1}},
		{{opShearX, 6, 5}, {opEqualize, 10, -1}},
		{{opColor, 4, 0}, {opEqualize, 6, -1}},
		{{opEqualize, 4, -1}, {opSolarize, 2, 4}},
		{{opSolarize, 6, 5}, {opAutoContrast, 6, -1}},
		{{opInvert, 6, -1}, {opEqualize, 10, -1}},
		{{opColor, 6, 4}, {opContrast, 10, 8}},
		{{opEqualize, 8, -1}, {opEqualize, 6, -1}},
	}),
	"autoaugment-cifar10": actions([][2]cell{
		{{opInvert, 1, -1}, {opContrast, 2, 6}},
		{{opRotate, 7, 2}, {opTranslateX, 3, 9}},
		{{opSharpness, 8, 1}, {opSharpness, 9, 3}},
		{{opShearY, 5, 8}, {opTranslateY, 7, 9}},
		{{opAutoContrast, 5, -1}, {opEqualize, 9, -1}},
		{{opShearY, 2, 7}, {opPosterize, 3, 7}},
		{{opColor, 4, 3}, {opBrightness, 6, 7}},
		{{opSharpness, 3, 9}, {opBrightness, 7, 9}},
		{{opEqualize, 6, -1}, {opEqualize, 5, -1}},
		{{opContrast, 6, 7}, {opSharpness, 6, 5}},
		{{opColor, 7, 7}, {opTranslateX, 5, 8}},
		{{opEqualize, 3, -1}, {opAutoContrast, 4, -1}},
		{{opTranslateY, 4, 3}, {opSharpness, 2, 6}},
		{{opBrightness, 9, 6}, {opColor, 2, 8}},
		{{opSolarize, 5, 2}, {opInvert, 0, -1}},
		{{opEqualize, 2, -1}, {opAutoContrast, 6, -1}},
		{{opEqualize, 2, -1}, {opEqualize, 6, -1}},
		{{opColor, 9, 9}, {opEqualize, 6, -1}},
		{{opAutoContrast, 8, -1}, {opSolarize, 2, 8}},
		{{opBrightness, 1, 3}, {opColor, 7, 0}},
		{{opSolarize, 4, 5}, {opAutoContrast, 9, -1}},
		{{opTranslateY, 9, 9}, {opTranslateY, 7, 9}},
		{{opAutoContrast, 9, -1}, {opSolarize, 8, 3}},
		{{opEqualize, 8, -1}, {opInvert, 1, -1}},
		{{opTranslateY, 7, 9}, {opAutoContrast, 9, -1}},
	}),
}

const autoAugmentBins = 10 // magnitudes

func actions(table [][2]cell) [][2]action {
	all := make([][2]action, len(table))
	for i, sub := range table {
		for j, c := range sub {
			all[i][j] = atMagnitude(c.op, c.magnitude, autoAugmentBins)
			all[i][j].p = float64(c.tenths) / 10
		}
	}
	return all
}

// atMagnitude is what magnitude k of n means in torchvision. Its colour factors are
// as far above 1 as below it, where AutoAugment's paper has a single range.
func atMagnitude(op operation, k, n int) action {
	part := float64(max(k, 0)) / float64(n-1)
	a := action{op: op, p: 1}
	switch op {
	case opShearX, opShearY:
		a.value, a.mirror = 0.3*part, true
	case opTranslateX, opTranslateY:
		a.value, a.mirror = 150./331*part, true // pixels in an image of 331
	case opRotate:
		a.value, a.mirror = 30*part, true
	case opBrightness, opColor, opContrast, opSharpness:
		a.value, a.mirror = 1+0.9*part, true
	case opPosterize:
		a.value = 8 - math.RoundToEven(4*part)
	case opSolarize:
		a.value = 255 * float64(n-1-max(k, 0)) / float64(n-1) // whole numbers exactly
	}
	return a
}

// randAugment is the search-free policy of Cubuk et al. 2019, arXiv 1909.13719: N
// of these operations, drawn with replacement, all at magnitude M.
const randAugment = "randaugment"

var randAugmentOperations = [...]operation{
	opIdentity, opShearX, opShearY, opTranslateX, opTranslateY, opRotate, opBrightness, opColor,
	opContrast, opSharpness, opPosterize, opSolarize, opAutoContrast, opEqualize,
}

const randAugmentBins = 31 // magnitudes, 0–30

var randAugmentActions = func() (all [randAugmentBins][len(randAugmentOperations)]action) {
	for m := range all {
		for i, op := range randAugmentOperations {
			all[m][i] = atMagnitude(op, m, randAugmentBins)
		}
	}
	return all
}()
