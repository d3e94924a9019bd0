package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/internal/regular"
	"github.com/amdim/amdim/mixture"
	"github.com/amdim/amdim/report"
	"github.com/amdim/amdim/report/runreport"
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

// ofOneRun are flags that a comparison of several runs does not look at: it has no pictures.
var ofOneRun = []string{"data", "images", "segmented", "engine", "device", "tune", "threads"}

func (r *reporting) run(c *cobra.Command, paths []string) error {
	if r.images < 0 {
		return usagef("--images %d: need at least 0", r.images)
	}
	if r.segmented < 0 {
		return usagef("--segmented %d: need at least 0", r.segmented)
	}
	for _, name := range ofOneRun {
		if c.Flags().Changed(name) && len(paths) > 1 {
			return usagef("--%s is for the page of one run, not for several", name)
		}
	}
	if err := r.checkOut(); err != nil {
		return err
	}
	r.say = saying(c.ErrOrStderr())
	runs := make([]*runreport.Run, len(paths))
	for i, path := range paths {
		var err error
		if runs[i], err = runreport.Open(path); err != nil {
			return err
		}
	}
	if c.Flags().Changed("segmented") {
		if err := mixture.CanSegment(runs[0].Settings.Model); err != nil {
			return usagef("report: --segmented: %s: %w", paths[0], unsegmented(err))
		}
	}
	var page interface{ Write(io.Writer) error }
	out := r.out
	if len(runs) > 1 {
		if out == "" {
			out = "compare.html"
		}
		page = runreport.Compare(runs, out)
	} else {
		if out == "" {
			out = train.ReportPath(runs[0].Path)
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

// checkOut refuses a page that cannot be written.
func (r *reporting) checkOut() error {
	switch {
	case r.out == "":
		return nil
	case !isHTML(r.out): // what it replaces is no photograph
		return usagef("--out %s: the name must end in .html", r.out)
	}
	return writable("--out", r.out)
}

// page is the page of a run, for the file out. Without its images it has no pictures
// of them, and takes the place of none that has.
func (r *reporting) page(ctx context.Context, run *runreport.Run, out string) (*report.Page, error) {
	images, err := run.OpenImages(ctx, r.data)
	switch {
	case err == nil:
	case errors.Is(err, runreport.ErrNotRecorded):
		r.say("note: %v: use --data SPEC to show images", err)
	case ctx.Err() != nil, r.data != "":
		return nil, err
	case hasPictures(out):
		return nil, fmt.Errorf("report: %s has pictures and would lose them: %w; use --data to say where "+
			"the images are now, or --out to write another page", out, err)
	default:
		r.say("note: the page has no pictures of the run's images: %v; use --data to say where they are", err)
	}
	return r.pictured(ctx, run, images)
}

// hasPictures reports whether a page has pictures.
func hasPictures(path string) bool {
	text, err := regular.Read(path)
	return err == nil && bytes.Contains(text, []byte(`src="data:image/`))
}

// pictured is the page of a run with pictures of images, where there are any, and of
// those that its mixture was measured on.
func (r *reporting) pictured(ctx context.Context, run *runreport.Run, images *runreport.Images) (
	*report.Page, error) {
	o := runreport.Options{
		Images: images, Encoded: r.images, Segmented: r.segmented, Threads: r.engine.threads,
		Stage: func(what string) { r.say("%s", what) }, Note: r.note,
	}
	if images != nil || run.Settings.Model.Mix.K > 0 {
		e, closeEngine, err := r.engine.open(run.Settings.Precision)
		if err != nil {
			return nil, err
		}
		defer closeEngine()
		o.Engine = e
	}
	return run.Page(ctx, o)
}

// note says what the page lacks; images that are named by a flag are named with it.
func (r *reporting) note(n runreport.Notice) {
	if errors.Is(n.Cause, data.ErrNotSegmented) {
		n.Cause = fmt.Errorf("--data %w", n.Cause)
	}
	r.say("note: %s", n)
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
