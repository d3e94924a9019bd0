//go:build !unix

package plan

func processor() float64 { return 0 }
