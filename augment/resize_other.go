//go:build !amd64 || noasm

package augment

import "github.com/amdim/amdim/tensor"

// Without assembly the generic passes do all the work.

func resizeRowsVector(band, tensor.Image, rectangle, *Scratch) bool { return false }
func resizeColumnsVector(tensor.Image, band, *Scratch) bool         { return false }
