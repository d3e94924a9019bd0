package runreport_test

import (
	"bytes"
	"context"
	"fmt"
	"os"

	"github.com/amdim/amdim"
	"github.com/amdim/amdim/engine/cpu"
	"github.com/amdim/amdim/report/runreport"
)

func Example() {
	if err := example(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// stage: encode 33 images
	// stage: maps of matching scores
	// 12 images with their views, 6 maps of matching scores
	// the page is written
}

func example() error {
	folder, err := os.MkdirTemp("", "run")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	ctx := context.Background()
	_, err = amdim.Pretrain(ctx, amdim.PretrainConfig{ // a very small network, two updates
		Preset: "demo", Data: "shapes:train=24,test=9", Out: folder, MaxSteps: 2,
		Set: []string{"model.ndf=4", "model.n_rkhs=16", "model.n_depth=1", "train.batch=8", "train.epochs=1"},
	})
	if err != nil {
		return err
	}
	run, err := runreport.Open(folder)
	if err != nil {
		return err
	}
	images, err := run.OpenImages(ctx, "")
	if err != nil {
		return err
	}
	engine, err := cpu.New(cpu.Config{Precision: run.Settings.Precision})
	if err != nil {
		return err
	}
	defer engine.Close()
	page, err := run.Page(ctx, runreport.Options{
		Engine: engine, Images: images,
		Stage: func(what string) { fmt.Println("stage:", what) },
		Note:  func(n runreport.Notice) { fmt.Println("note:", n) },
	})
	if err != nil {
		return err
	}
	fmt.Printf("%d images with their views, %d maps of matching scores\n",
		len(page.Views), len(page.Matching.Rows))
	var file bytes.Buffer
	if err := page.Write(&file); err != nil {
		return err
	}
	fmt.Println("the page is written")
	return nil
}
