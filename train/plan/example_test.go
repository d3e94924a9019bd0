package plan_test

import (
	"context"
	"fmt"

	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/engine/cpu"
	"github.com/amdim/amdim/train/plan"
)

func Example() {
	e, err := cpu.New(cpu.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer e.Close()
	c := config.Demo()
	c.Model.NDF, c.Model.NRKHS, c.Train.Batch = 4, 16, 8
	task := c.Task("photos")
	task.Engine = e // and Data, if there are images already
	p, err := plan.Make(context.Background(), plan.Task{Task: task, Images: 1000, Seconds: 0.1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("fits:", p.Memory.Fits)
	if p.Time != nil { // p.Time.All is in seconds
		fmt.Println(p.Time.Updates, "updates in an epoch")
	}
	// Output:
	// fits: true
	// 125 updates in an epoch
}
