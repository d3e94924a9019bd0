//go:build !(amd64 || arm64) || noasm

package kernel

// archSets is empty: this platform runs the generic set.
func archSets() []*Set { return nil }
