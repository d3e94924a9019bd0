//go:build !(amd64 || arm64) || noasm

package kernel

func variants() []*Set { return nil }
