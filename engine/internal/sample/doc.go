// Package sample draws what engines are compared on and measures how large tensors are:
// for package enginetest, in tests, and package selftest, on a user's machine.
package sample
