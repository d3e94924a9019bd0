package train_test

import (
	"context"
	"fmt"
	"os"

	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/engine/cpu"
	"github.com/amdim/amdim/train"
)

func Example() {
	dir, err := os.MkdirTemp("", "train")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	c := config.Demo()
	c.Model.NDF, c.Model.NRKHS, c.Train.Batch, c.Train.Epochs = 4, 16, 8, 2
	images, err := data.Open("shapes:train=24,test=1", data.Pretrain, data.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	e, err := cpu.New(cpu.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer e.Close()
	task := train.Task{
		Model: c.Model, Augment: c.Augment, Train: c.Train, Settings: c.JSON(),
		Data: images, DataSpec: "shapes:train=24,test=1", Engine: e,
	}
	r, err := train.Run(context.Background(), task, train.Options{Out: dir})
	fmt.Println(r.Step, "of", r.Steps, "updates", err)
	// Output: 6 of 6 updates <nil>
}
