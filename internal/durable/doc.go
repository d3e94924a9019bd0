// Package durable writes files that are on the disk when a call returns, so that
// a power failure finds the old file or the new one.
//
//	err := durable.Replace("x", func(w io.Writer) error { … })
//
// Beside is for files that are replaced together. Write and Rename are for who owns
// the folder and gives the temporary file a name of its own: one that a kill has left
// behind is then overwritten, however large.
package durable
