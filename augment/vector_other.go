//go:build !amd64 || noasm

package augment

// vector says that the loops run in assembly, which this platform lacks.
var vector = false
