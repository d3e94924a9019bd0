//go:build !amd64 || noasm

package kernel

func variants() []*Set { return nil }
