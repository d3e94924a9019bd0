// Package plan says before a training run what it will take: memory, time, and
// which batch size fits.
//
// The one idea is to compute what follows from shapes, to measure the rest on
// this machine with the real program and the real images, and to keep the two
// apart. Parameters and FLOPs are computed. Memory is a parabola through what
// the engine allocates at three batch sizes, what updates add to that, and what
// decoding images takes. Speed is that of a few updates; the loader's share, of time
// and of memory, is measured on a sample of the images.
//
//	p, err := plan.Make(ctx, plan.Task{Task: task}) // a train.Task; it needs no Data
//	if p.Memory.Fits && p.Time != nil { // nil: there are no images, or fewer than a batch
//		fmt.Println(p.Time.All, "seconds")
//	}
//	err = p.Print(os.Stdout)
package plan
