// Package memory says how much memory this process may use, so that what is
// held is a stated share of it and no machine grinds to a halt.
//
// The one idea is that the least of several bounds counts: that of the machine
// and that of every control group around the process, so that a container is
// not taken for the machine it runs on.
//
//	reading := data.Options{Memory: memory.ForImages()}
package memory
