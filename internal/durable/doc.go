// Package durable writes files that are on the disk when a call returns, so that
// a power failure finds the old file or the new one.
//
//	err := durable.Replace("x", func(w io.Writer) error { … })
//
// A file that a kill leaves half written is removed when the same one is written again, or by
// RemoveLeft, where the system has locks that end with their process.
//
// Beside is for files that are replaced together. Write and Rename are for a caller
// that owns the folder and chooses the temporary file's name: one left behind by a
// kill is then overwritten, however large.
package durable
