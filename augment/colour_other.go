//go:build !amd64 || noasm

package augment

// Without assembly nothing is done before the generic loops.

func blendVector([]uint8, uint8, float32) int     { return 0 }
func lumaSumVector([]uint8) (sum, done int)       { return 0, 0 }
func grayVector([]uint8) int                      { return 0 }
func saturationVector(pix []uint8, _ float32) int { return 0 }
func hueVector([]uint8, uint8) int                { return 0 }
