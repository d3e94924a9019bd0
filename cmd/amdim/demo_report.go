package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/report"
	"github.com/amdim/amdim/tensor"
	"github.com/amdim/amdim/train"
)

// What the report shows.
const (
	shownViews      = 12
	shownQueries    = 6
	shownNeighbours = 8
)

// report writes the page and returns its path.
func (d *demo) report(features eval.Split) (string, error) {
	page, err := d.page(features)
	if err != nil {
		return "", err
	}
	path := filepath.Join(d.out, "report.html")
	f, err := os.Create(path)
	if err != nil {
		return "", fmt.Errorf("report: %w", err)
	}
	if err := page.Write(f); err != nil {
		f.Close()
		return "", err
	}
	if err := f.Close(); err != nil {
		return "", fmt.Errorf("report: %w", err)
	}
	return path, nil
}

func (d *demo) page(features eval.Split) (*report.Page, error) {
	records, err := train.ReadMetrics(train.MetricsPath(d.out))
	if err != nil {
		return nil, err
	}
	views, err := d.views()
	if err != nil {
		return nil, err
	}
	near, err := d.neighbours(features)
	if err != nil {
		return nil, err
	}
	return &report.Page{
		Title:    "AMDIM learns shapes without labels",
		Headline: d.headline(),
		Command:  commandLine(),
		Result:   d.result,
		Progress: report.Progress{Charts: report.Curves(records, d.result.Classes)},
		Views:    views,
		Classes:  d.task.Data.Classes(),
		Near:     near,
		Facts:    d.facts(),
		Config:   string(d.task.Settings),
	}, nil
}

// views are the first train images with the views of the first epoch.
func (d *demo) views() ([]report.View, error) {
	px := d.task.Model.Px
	var scratch augment.Scratch
	var views []report.View
	for i := range min(shownViews, d.task.Data.Len()) {
		img, err := d.task.Data.Image(i)
		if err != nil {
			return nil, err
		}
		v := report.View{Image: img, First: tensor.NewImage(px, px), Second: tensor.NewImage(px, px)}
		d.task.Augment.Views(v.First.Pix, v.Second.Pix, img, d.task.Train.Seed, 0, i, &scratch)
		views = append(views, v)
	}
	return views, nil
}

func (d *demo) neighbours(features eval.Split) (report.Retrieval, error) {
	n, err := eval.Nearest(features.Train, features.Test, min(shownNeighbours, features.Train.Len()))
	if err != nil {
		return report.Retrieval{}, err
	}
	r := report.Pick(n, features.Train.Labels, features.Test.Labels, shownQueries)
	return r, r.Fill(n, d.eval.Train.Image, d.eval.Test.Image)
}

func (d *demo) facts() []report.Fact {
	m, t := d.task.Model, d.task.Train
	images := d.trained.Step * t.Batch
	network := fmt.Sprintf("%d px, ndf %d, n_rkhs %d, n_depth %d: %.2f M parameters in the encoder",
		m.Px, m.NDF, m.NRKHS, m.NDepth, float64(graph.Parameters(m.Encode().Vars))/1e6)
	pretraining := fmt.Sprintf("%d updates of %d pairs, %.1f passes over %d images, %s, %.0f pairs/s",
		d.trained.Step, t.Batch, float64(images)/float64(d.task.Data.Len()), d.task.Data.Len(),
		spell(d.spent), float64(images)/d.spent.Seconds())
	evaluation := time.Duration(d.result.Seconds * float64(time.Second))
	machine := fmt.Sprintf("%s/%s, %d processors", runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	return []report.Fact{
		{Name: "data", Value: fmt.Sprintf("%s, SHA-256 %.16s…", d.data, d.task.Data.Digest())},
		{Name: "network", Value: network},
		{Name: "pretraining", Value: pretraining},
		{Name: "evaluation", Value: spell(evaluation) + ", baselines included"},
		{Name: "in all", Value: spell(time.Since(d.began))},
		{Name: "engine", Value: d.result.Engine + "; probes: " + d.result.ProbeEngine},
		{Name: "machine", Value: machine},
		{Name: "code", Value: fmt.Sprintf("%s, %s", checkpoint.CodeVersion(), runtime.Version())},
		{Name: "date", Value: d.began.UTC().Format("2006-01-02 15:04 UTC")},
	}
}
