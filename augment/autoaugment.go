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
		{{posterize, 4, 8}, {rotate, 6, 9}},
		{{solarize, 6, 5}, {autoContrast, 6, -1}},
		{{equalize, 8, -1}, {equalize, 6, -1}},
		{{posterize, 6, 7}, {posterize, 6, 6}},
		{{equalize, 4, -1}, {solarize, 2, 4}},
		{{equalize, 4, -1}, {rotate, 8, 8}},
		{{solarize, 6, 3}, {equalize, 6, -1}},
		{{posterize, 8, 5}, {equalize, 10, -1}},
		{{rotate, 2, 3}, {solarize, 6, 8}},
		{{equalize, 6, -1}, {posterize, 4, 6}},
		{{rotate, 8, 8}, {color, 4, 0}},
		{{rotate, 4, 9}, {equalize, 6, -1}},
		{{equalize, 0, -1}, {equalize, 8, -1}},
		{{invert, 6, -1}, {equalize, 10, -1}},
		{{color, 6, 4}, {contrast, 10, 8}},
		{{rotate, 8, 8}, {color, 10, 2}},
		{{color, 8, 8}, {solarize, 8, 7}},
		{{sharpness, 4, 7}, {invert, 6, -1}},
		{{shearX, 6, 5}, {equalize, 10, -1}},
		{{color, 4, 0}, {equalize, 6, -1}},
		{{equalize, 4, -1}, {solarize, 2, 4}},
		{{solarize, 6, 5}, {autoContrast, 6, -1}},
		{{invert, 6, -1}, {equalize, 10, -1}},
		{{color, 6, 4}, {contrast, 10, 8}},
		{{equalize, 8, -1}, {equalize, 6, -1}},
	}),
	"autoaugment-cifar10": actions([][2]cell{
		{{invert, 1, -1}, {contrast, 2, 6}},
		{{rotate, 7, 2}, {translateX, 3, 9}},
		{{sharpness, 8, 1}, {sharpness, 9, 3}},
		{{shearY, 5, 8}, {translateY, 7, 9}},
		{{autoContrast, 5, -1}, {equalize, 9, -1}},
		{{shearY, 2, 7}, {posterize, 3, 7}},
		{{color, 4, 3}, {brightness, 6, 7}},
		{{sharpness, 3, 9}, {brightness, 7, 9}},
		{{equalize, 6, -1}, {equalize, 5, -1}},
		{{contrast, 6, 7}, {sharpness, 6, 5}},
		{{color, 7, 7}, {translateX, 5, 8}},
		{{equalize, 3, -1}, {autoContrast, 4, -1}},
		{{translateY, 4, 3}, {sharpness, 2, 6}},
		{{brightness, 9, 6}, {color, 2, 8}},
		{{solarize, 5, 2}, {invert, 0, -1}},
		{{equalize, 2, -1}, {autoContrast, 6, -1}},
		{{equalize, 2, -1}, {equalize, 6, -1}},
		{{color, 9, 9}, {equalize, 6, -1}},
		{{autoContrast, 8, -1}, {solarize, 2, 8}},
		{{brightness, 1, 3}, {color, 7, 0}},
		{{solarize, 4, 5}, {autoContrast, 9, -1}},
		{{translateY, 9, 9}, {translateY, 7, 9}},
		{{autoContrast, 9, -1}, {solarize, 8, 3}},
		{{equalize, 8, -1}, {invert, 1, -1}},
		{{translateY, 7, 9}, {autoContrast, 9, -1}},
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
	case shearX, shearY:
		a.value, a.mirror = 0.3*part, true
	case translateX, translateY:
		a.value, a.mirror = 150./331*part, true // pixels in an image of 331
	case rotate:
		a.value, a.mirror = 30*part, true
	case brightness, color, contrast, sharpness:
		a.value, a.mirror = 1+0.9*part, true
	case posterize:
		a.value = 8 - math.RoundToEven(4*part)
	case solarize:
		a.value = 255 * float64(n-1-max(k, 0)) / float64(n-1) // whole numbers exactly
	}
	return a
}

// randAugment is the search-free policy of Cubuk et al. 2019, arXiv 1909.13719: N
// of these operations, drawn with replacement, all at magnitude M.
const randAugment = "randaugment"

var randAugmentOperations = [...]operation{
	identity, shearX, shearY, translateX, translateY, rotate, brightness, color,
	contrast, sharpness, posterize, solarize, autoContrast, equalize,
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
