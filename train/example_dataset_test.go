package train_test

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/engine/cpu"
	"github.com/amdim/amdim/tensor"
	"github.com/amdim/amdim/train"
)

// stripes are pictures that a service has itself; it implements data.Dataset, which says what
// is expected of the methods.
type stripes int

func (s stripes) Len() int          { return int(s) }
func (s stripes) Label(int) int     { return -1 }
func (s stripes) Classes() []string { return nil }
func (s stripes) Digest() string    { return fmt.Sprintf("%d stripes, version 1", int(s)) }

// Image would read the picture from where it is, and end by a deadline of its own.
func (s stripes) Image(i int) (tensor.Image, error) {
	img := tensor.NewImage(40, 60)
	for y := range img.H {
		for x := range img.W {
			img.At(y, x)[i%3] = uint8(16 * (x + i*y))
		}
	}
	return img, nil
}

// Learn from images of your own; stop, and go on another time.
func ExampleRun() {
	dir, err := os.MkdirTemp("", "train")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	e, err := cpu.New(cpu.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer e.Close()
	c := config.Demo()
	c.Model.NDF, c.Model.NRKHS, c.Train.Batch, c.Train.Epochs = 4, 16, 8, 2
	task := c.Task("stripes") // with the settings that amdim.Open will need
	task.Data, task.Engine = stripes(24), e

	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	o := train.Options{Out: dir, LogSteps: 2, OnRecord: func(r train.Record) {
		fmt.Printf("update %d, %.1f epochs\n", r.Step, r.Epoch)
	}}
	o.OnStep = func(s train.Status) {
		if s.Step == 4 {
			stop() // as a signal would
		}
	}
	r, err := train.Run(ctx, task, o)
	fmt.Println("stopped:", errors.Is(err, context.Canceled), r.Step, "of", r.Steps)

	o.Resume = train.Begun(dir) // it is; with the same task: other settings or images are an error
	r, err = train.Run(context.Background(), task, o)
	fmt.Println("finished:", r.Step == r.Steps, err)
	// Output:
	// update 2, 0.7 epochs
	// update 3, 1.0 epochs
	// update 4, 1.3 epochs
	// stopped: true 4 of 6
	// update 6, 2.0 epochs
	// finished: true <nil>
}
