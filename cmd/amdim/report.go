package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/internal/regular"
	"github.com/amdim/amdim/mixture"
	"github.com/amdim/amdim/report"
	"github.com/amdim/amdim/train"
)

// reporting is the command's flags.
type reporting struct {
	engine    engineFlags
	out, data string
	images    int
	segmented int
	say       func(format string, args ...any)
}

func reportCommand() *cobra.Command {
	var r reporting
	c := &cobra.Command{
		Use:   "report RUN…",
		Short: "Make a page of curves and pictures for a run, or compare several",
		Long: `Make a page about a run: a single file that opens in any browser.

It shows the health and curves of training, the views that were compared, nearest
neighbours of held-out images, the worst failures included, maps of where the network
finds one image in another, which classes are confused, the result of amdim eval, the
command lines and the settings. It is written to report.html in the run's folder.

For a run with a mixture it also shows segmented images; where segmentation was
measured, the best and the worst of all measured, beside the segments that people drew.

Several runs are compared on one page, written to --out: the settings that differ,
curves laid over each other, accuracies side by side.`,
		Example: `  amdim report runs/photos
  amdim report runs/photos runs/photos-large --out compare.html
  amdim report runs/photos --data folder:/mnt/photos
  amdim report runs/mixture --segmented 10`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("no run given: amdim report RUN, where RUN is the folder of a pretraining run")
			}
			return nil
		},
		RunE: func(c *cobra.Command, runs []string) error { return r.run(c, runs) },
	}
	r.engine.addFrozen(c)
	f := c.Flags()
	f.StringVar(&r.out, "out", "",
		"file for the page (default: report.html in the run; compare.html for several)")
	f.StringVar(&r.data, "data", "",
		"where the images are now, if they have moved (default: as recorded in the run)")
	f.IntVar(&r.images, "images", 0,
		"number of train images to look for neighbours among (default: up to 2000, by cost)")
	f.IntVar(&r.segmented, "segmented", 5,
		"with a mixture: how many of the best and of the worst segmented images to show")
	return c
}

func (r *reporting) run(c *cobra.Command, paths []string) error {
	if r.images < 0 {
		return usagef("--images %d: need at least 0", r.images)
	}
	if r.segmented < 0 {
		return usagef("--segmented %d: need at least 0", r.segmented)
	}
	r.say = saying(c.ErrOrStderr())
	runs := make([]*runFolder, len(paths))
	for i, path := range paths {
		var err error
		if runs[i], err = openRun(path); err != nil {
			return err
		}
	}
	if c.Flags().Changed("segmented") && len(runs) == 1 {
		if err := mixture.CanSegment(runs[0].settings.Model); err != nil {
			return usagef("report: --segmented: %s: %w", paths[0], err)
		}
	}
	var page interface{ Write(io.Writer) error }
	out := r.out
	if out != "" && !isHTML(out) { // what it replaces is no photograph
		return usagef("--out %s: the name must end in .html", out)
	}
	if len(runs) > 1 {
		if out == "" {
			out = "compare.html"
		}
		page = compare(runs, out)
	} else {
		if out == "" {
			out = train.ReportPath(runs[0].path)
		}
		if err := replaceable(out); err != nil {
			return fmt.Errorf("report: %w", err)
		}
		var err error
		if page, err = r.page(c.Context(), runs[0], out); err != nil {
			return err
		}
	}
	if err := writePage(out, page); err != nil {
		return err
	}
	_, err := fmt.Fprintln(c.OutOrStdout(), out)
	return err
}

// page is the page of a run, for the file out. Without its images it has no pictures
// of them, and takes the place of none that has.
func (r *reporting) page(ctx context.Context, run *runFolder, out string) (*report.Page, error) {
	if r.spec(run) == "" {
		r.say("note: the run does not say what it was trained on: use --data SPEC to show images")
		return r.pictured(ctx, run, nil, nil)
	}
	trainSet, testSet, err := r.sets(ctx, run)
	if err != nil {
		switch {
		case ctx.Err() != nil:
			return nil, err
		case r.data != "":
			return nil, err
		case hasPictures(out):
			return nil, fmt.Errorf("report: %s has pictures and would lose them: %w; use --data to say where "+
				"the images are now, or --out to write another page", out, err)
		}
		r.say("note: the page has no pictures of the run's images: %v; use --data to say where they are", err)
		trainSet, testSet = nil, nil
	}
	return r.pictured(ctx, run, trainSet, testSet)
}

// hasPictures reports whether a page has pictures.
func hasPictures(path string) bool {
	text, err := regular.Read(path)
	return err == nil && bytes.Contains(text, []byte(`src="data:image/`))
}

// pictured is the page of a run with pictures of its images, where there are any,
// and of those that its mixture was measured on.
func (r *reporting) pictured(ctx context.Context, run *runFolder, trainSet, testSet data.Dataset) (
	*report.Page, error) {
	page := run.page()
	if trainSet == nil && !run.mixes() {
		return page, nil
	}
	e, closeEngine, err := r.engine.open(run.settings.Precision)
	if err != nil {
		return nil, err
	}
	defer closeEngine()
	g := gallery{run: run, threads: r.engine.threads, say: r.say}
	if trainSet != nil {
		if err := r.picture(ctx, e, &g, page, trainSet, testSet); err != nil {
			return nil, err
		}
	}
	if !run.mixes() {
		return page, nil
	}
	c := cutter{reporting: r, run: run}
	return page, c.fill(ctx, e, page.Segmentation)
}

// most is how many train images are encoded.
func (r *reporting) most(run *runFolder) int {
	if r.images > 0 {
		return r.images
	}
	return run.affordable()
}

// spec names the run's images, where they are now.
func (r *reporting) spec(run *runFolder) string {
	if r.data != "" {
		return r.data
	}
	return run.meta.Data.Spec
}

// sets are the run's images; without any that are held out the second is empty.
func (r *reporting) sets(ctx context.Context, run *runFolder) (trainSet, testSet data.Dataset, err error) {
	reading := run.settings.Reading().Until(ctx)
	if trainSet, err = data.Open(r.spec(run), data.Train, reading); err != nil {
		return nil, nil, err
	}
	if testSet, err = data.OpenHeldOut(r.spec(run), reading); testSet == nil {
		testSet = sample{Dataset: trainSet}
	}
	return trainSet, testSet, err
}

// picture adds pictures of the run's images to the page.
func (r *reporting) picture(
	ctx context.Context, e engine.Engine, g *gallery, page *report.Page, trainSet, testSet data.Dataset,
) error {
	if err := g.open(ctx, e, trainSet, testSet, r.most(g.run)); err != nil {
		return err
	}
	defer g.encoder.Close()
	if learnt := g.run.meta.Data; r.data != "" && r.data != learnt.Spec && trainSet.Digest() != learnt.Digest {
		page.Pictured = r.data
		r.say("note: the pictures are of %s, whose images are not those that the run learnt from", r.data)
	}
	r.say("encode %d images", g.train.Len()+g.test.Len())
	return g.fill(ctx, page)
}

// compare is the page of several runs.
func compare(runs []*runFolder, out string) *report.Comparison {
	c := &report.Comparison{Title: "Comparison of runs"}
	var names []string
	older := slices.ContainsFunc(runs, (*runFolder).outgrown)
	for _, run := range runs {
		shown := report.Run{
			Name: run.name(), Facts: run.facts(), Classes: run.meta.Data.Classes,
			Batch: run.settings.Train.Batch, Records: run.records, Result: run.result, Commands: run.reproduced(),
		}
		if older {
			shown.Facts = append(shown.Facts, report.Fact{Name: "accuracy", Value: run.measured()})
		}
		shown.Page = beside(out, train.ReportPath(run.path))
		if f := run.findings(); len(f) > 0 {
			shown.Health, shown.Level = f[0].Title, string(f[0].Level)
		}
		c.Runs, names = append(c.Runs, shown), append(names, run.name())
	}
	c.Headline = strings.Join(names, ", ")
	c.Settings = differing(runs)
	return c
}

// beside is the address of a page as one in the folder of from refers to it; empty
// where there is no such page. Folders may be named a#b or 50%25.
func beside(from, page string) string {
	if _, err := os.Stat(page); err != nil {
		return ""
	}
	folder, err := filepath.Abs(filepath.Dir(from))
	if err != nil {
		return ""
	}
	whole, err := filepath.Abs(page)
	if err != nil {
		return ""
	}
	path, err := filepath.Rel(folder, whole)
	if err != nil {
		return ""
	}
	return (&url.URL{Path: filepath.ToSlash(path)}).String()
}

// differing are the settings that are not the same in all runs.
func differing(runs []*runFolder) []report.Setting {
	differs := map[string]bool{}
	for _, run := range runs[1:] {
		for _, d := range config.Diff(runs[0].settings, run.settings) {
			differs[d.Key] = true
		}
	}
	var settings []report.Setting
	for _, key := range config.Keys() {
		if !differs[key] {
			continue
		}
		s := report.Setting{Key: key}
		for _, run := range runs {
			s.Values = append(s.Values, run.settings.Value(key))
		}
		settings = append(settings, s)
	}
	return settings
}

// writePage writes a page whole or not at all.
func writePage(path string, page interface{ Write(io.Writer) error }) error {
	var b bytes.Buffer
	if err := page.Write(&b); err != nil {
		return err
	}
	if err := replaceFile(filepath.Clean(path), b.Bytes()); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

// indented is JSON to be read.
func indented(text json.RawMessage) string {
	var b bytes.Buffer
	if json.Indent(&b, text, "", "  ") != nil {
		return string(text)
	}
	return b.String()
}
