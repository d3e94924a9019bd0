// Package regular opens files of untrusted folders: only what is a regular file, or a
// link to one.
//
// The one idea is to look before opening. The open of a pipe waits for a writer, and no
// signal but KILL ends that; a device may be read without end.
//
//	f, err := regular.Open("batch.bin") // "open batch.bin: it is a pipe, not a regular file"
package regular
