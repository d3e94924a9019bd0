// Package parallel runs loops on a fixed set of workers.
//
// A Pool never decides what is summed with what: callers split their work into
// parts whose number depends on the problem alone, so one thread and sixteen
// give the same bytes.
//
//	pool := parallel.New(0) // as many workers as GOMAXPROCS
//	defer pool.Close()
//	pool.For(len(parts), func(worker, i int) { parts[i] = work(i) })
//
// A Queue runs functions one after another while its caller carries on.
// Turns are a queue that a call leaves when its context is done.
package parallel
