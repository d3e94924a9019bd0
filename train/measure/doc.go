// Package measure runs a training step on this machine and says how fast it is,
// where its time goes and what bounds it.
//
// The one idea is to measure the bound beside the step: how many multiply-adds
// the processor does in registers, and how many bytes its memory moves, in the
// same process and the same minute. A number without its bound says little, and
// bounds copied from a data sheet belong to another machine.
//
//	r, err := measure.Train(ctx, measure.Task{Task: task, Open: open, Threads: 2, Seconds: 8})
//	fmt.Println(r.Rate, r.FLOPS/r.Peak, r.Verdict())
package measure
