// Package durable writes files that are on the disk when a call returns, so that
// a power failure finds the old file or the new one.
//
//	err := durable.Write("x.tmp", func(w io.Writer) error { … })
//	err = durable.Rename("x.tmp", "x")
package durable
