//go:build !noasm

package kernel

func variants() []*Set { return archSets() }
