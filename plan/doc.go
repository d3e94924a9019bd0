// Package plan says before a training what it will take: memory, time, and
// which batch fits.
//
// The one idea is to compute what follows from shapes, to measure the rest on
// this machine with the real program and the real images, and to keep the two
// apart. Parameters and FLOPs are computed. Memory is what the engine allocates
// for three batches, and a parabola through them. Speed is that of a few
// updates; the loader's part is measured on a sample of the images.
//
//	p, err := plan.Make(ctx, plan.Task{Task: task, Options: o})
//	fmt.Println(p.Memory.Fits, p.Time.Epoch)
//	err = p.Print(os.Stdout)
package plan
