package main

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/amdim/amdim/internal/durable"
	"github.com/amdim/amdim/internal/spelling"
	"github.com/amdim/amdim/report"
	"github.com/amdim/amdim/report/runreport"
	"github.com/amdim/amdim/train"
)

// report writes the page and returns its path: that of amdim report, under the
// result of the demo.
func (d *demo) report(ctx context.Context) (string, error) {
	d.result.Step, d.result.TrainedOn = d.trained.Step, d.task.DataSpec
	if err := durable.Replace(train.EvalPath(d.out), d.result.WriteJSON); err != nil {
		return "", fmt.Errorf("demo: %w", err)
	}
	run, err := runreport.Open(d.out)
	if err != nil {
		return "", err
	}
	r := reporting{engine: d.engine, say: d.say}
	page, err := r.pictured(ctx, run, &runreport.Images{Train: d.eval.Train.Dataset, Test: d.eval.Test.Dataset})
	if err != nil {
		return "", err
	}
	page.Title, page.Headline = "AMDIM learns shapes without labels", d.headline()
	page.Facts = append(page.Facts, d.facts()...)
	path := train.ReportPath(d.out)
	return path, writePage(path, page)
}

func (d *demo) facts() []report.Fact {
	evaluation := time.Duration(d.result.Seconds * float64(time.Second))
	return []report.Fact{
		{Name: "evaluation", Value: spelling.Duration(evaluation) + ", baselines included"},
		{Name: "probes", Value: d.result.ProbeEngine},
		{Name: "total time", Value: spelling.Duration(time.Since(d.began))},
		{Name: "machine", Value: fmt.Sprintf("%s/%s, %d processors, %s",
			runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())},
		{Name: "date", Value: d.began.UTC().Format("2006-01-02 15:04 UTC")},
	}
}
