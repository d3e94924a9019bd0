package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim"
	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/internal/shell"
	"github.com/amdim/amdim/internal/spelling"
	"github.com/amdim/amdim/mixture"
)

// segmenting is the command's flags.
type segmenting struct {
	engine                                        engineFlags
	flags                                         segmentFlags
	model, data, split, negatives, precision, out string
	q, regions, overwrite, json                   bool
}

func segmentCommand() *cobra.Command {
	var s segmenting
	c := &cobra.Command{
		Use:   "segment --model RUN {--data SPEC | IMAGE…} --out DIR",
		Short: "Divide photographs into parts, with a model that has a mixture",
		Long: `Divide photographs into parts: each pixel belongs to a component of the mixture
that pretrain --mix-k trains without labels. These files are written for each image,
as large as it is and upright:

  NAME.overlay.png  colours over the image, fainter where they are less certain
  NAME.labels.png   the component of each pixel, as an index of a palette
  NAME.q.npy        with --q: probabilities (rows, columns, k), float32

Images that cannot be read are named and left out; the exit code is 1 if they were
given as IMAGE.

Locations are scored against those of other images. These are stored beside the
checkpoint of a mixture that was trained to the end; otherwise they are taken from the
images it was trained on, or from --negatives, except those that pretrain --quarantine
left out.`,
		Example: `  amdim segment --model runs/mix --out segments plane.jpg horse.jpg
  amdim segment --model runs/mix --out segments --data folder:photos --json
  amdim segment --model runs/mix --out fine --side 320 --least 0.002 plane.jpg`,
		RunE: func(c *cobra.Command, files []string) error { return s.run(c, files) },
	}
	s.engine.addFrozen(c)
	s.flags.add(c)
	f := c.Flags()
	f.StringVar(&s.model, "model", "", "run folder or checkpoint, trained with --mix-k")
	f.StringVar(&s.data, "data", "", "images, instead of IMAGE: folder:DIR, shapes, cifar10:DIR, …")
	f.StringVar(&s.split, "split", "",
		"train, test or pretrain (default: all of a folder, train of other data)")
	f.StringVar(&s.out, "out", "", "folder for the files")
	f.StringVar(&s.negatives, "negatives", "",
		"images to score locations against, except those that pretrain --quarantine left out "+
			"(default: those kept beside the model, or those it was trained on)")
	f.BoolVar(&s.q, "q", false, "also write the probabilities")
	f.BoolVar(&s.regions, "regions", false, "label each connected region, not each component")
	f.BoolVar(&s.overwrite, "overwrite", false, "replace existing files")
	f.StringVar(&s.precision, "precision", "",
		"precision of the network: bf16 or f32, or tf32 on a GPU "+
			"(default: that of the run or, if it named none, the faster here)")
	f.BoolVar(&s.json, "json", false, "print, as JSON, each image's files and its components' shares")
	return c
}

func (s *segmenting) run(c *cobra.Command, files []string) error {
	if err := s.check(files); err != nil {
		return err
	}
	if err := s.engine.checkPrecision(s.precision); err != nil {
		return err
	}
	meta, err := s.checkModel()
	if err != nil {
		return err
	}
	images, err := s.open(c.Context(), files)
	if err != nil {
		return err
	}
	for _, name := range images.names {
		for _, path := range s.pathsOf(name) {
			if err := free(path, s.overwrite); err != nil {
				return err
			}
		}
	}
	if len(images.names) > 0 {
		first := s.pathsOf(images.names[0])[0]
		if err := creatable(first); err != nil {
			return fmt.Errorf("--out: %w", err)
		}
		noteInside(c.ErrOrStderr(), "out", s.out, first, s.data, meta.Data.Spec)
	}
	m, closeModel, err := s.openModel(c)
	if err != nil {
		return err
	}
	defer closeModel()
	r, err := s.segment(c, m, images)
	if err != nil {
		return err
	}
	return s.report(c, r, images)
}

// check refuses what is wrong before anything is read.
func (s *segmenting) check(files []string) error {
	switch {
	case s.model == "":
		return usagef("--model is missing: name a run folder or a checkpoint")
	case len(files) == 0 && s.data == "":
		return usagef("nothing to segment: name image files, or --data folder:DIR")
	case len(files) > 0 && s.data != "":
		return usagef("--data %s and files: give one or the other", s.data)
	case len(files) > 0 && s.split != "":
		return usagef("--split %s needs --data", s.split)
	case s.out == "":
		return usagef("--out is missing: name a folder for the files")
	}
	if err := checkSplit(s.split); err != nil {
		return err
	}
	if dir, ok := folderAmong(files); ok {
		return usagef("%s is a folder: %s", dir, shell.Line("--data", "folder:"+dir))
	}
	if info, err := os.Stat(s.out); err == nil && !info.IsDir() {
		return usagef("--out: %s is a file: a folder is needed", s.out)
	}
	return nil
}

// checkModel checks the flags against the model, and returns what it says of itself.
func (s *segmenting) checkModel() (checkpoint.Meta, error) {
	path, err := checkpointOf(s.model)
	if err != nil {
		return checkpoint.Meta{}, err
	}
	settings, meta, err := config.Stored(path)
	if err != nil {
		return meta, err
	}
	if err := mixture.CanSegment(settings.Model); err != nil {
		return meta, fmt.Errorf("--model %s: %w", s.model, unsegmented(err))
	}
	return meta, s.flags.check(settings.Model)
}

// openModel makes the model ready to segment.
func (s *segmenting) openModel(c *cobra.Command) (*amdim.Model, func(), error) {
	m, closeModel, err := s.engine.openModel(s.model, amdim.Options{
		Precision: s.precision, Negatives: s.negatives, Note: noting(c),
		OnLearn: func(spec string, _ int) { noteReading(c, spec) },
	})
	if err != nil {
		return nil, nil, err
	}
	if err := m.PrepareSegment(c.Context()); err != nil {
		closeModel()
		if s.negatives != "" && errors.Is(err, mixture.ErrNoNegatives) {
			err = fmt.Errorf("--negatives: %w", errors.Unwrap(err)) // without "amdim: segment"
		}
		return nil, nil, err
	}
	return m, closeModel, nil
}

// noteReading says that negatives are learnt of the images of a spec.
func noteReading(c *cobra.Command, spec string) {
	fmt.Fprintf(c.ErrOrStderr(), "reading locations of images of %s to score against\n", spec)
}

// segment segments all images and writes their files.
func (s *segmenting) segment(c *cobra.Command, m *amdim.Model, images *subjects) (*segmentResult, error) {
	bar := counter{out: c.ErrOrStderr(), noun: "images"}
	defer bar.finish()
	r := &segmentResult{
		Model: s.model, Out: s.out, Config: s.flags.config, Sides: s.flags.sides, Images: []segmentedImage{},
	}
	n := len(images.names)
	for i, name := range images.names {
		made, err := images.segment(c.Context(), m, i, s.flags.options())
		var bad *amdim.Unreadable
		switch {
		case errors.As(err, &bad):
			r.bad = append(r.bad, bad)
			continue
		case errors.Is(err, context.Canceled):
			return nil, stoppedError{fmt.Sprintf("stopped: %d of %s are segmented, and their files are complete",
				i, spelling.Count(n, "image"))}
		case err != nil:
			return nil, err
		}
		if err := r.write(s, images.given(i), name, made); err != nil {
			return nil, err
		}
		bar.set(i+1, n)
	}
	return r, nil
}

// report tells what was made, and fails where a file that was named was not read.
func (s *segmenting) report(c *cobra.Command, r *segmentResult, images *subjects) error {
	n := len(images.names)
	switch {
	case len(r.bad) == n && n == 1:
		return r.bad[0]
	case len(r.bad) == n:
		return fmt.Errorf("none of %s can be read; the first: %w", spelling.Count(n, "image"), r.bad[0])
	}
	noteUnreadable(c.ErrOrStderr(), r.bad, "--json")
	if err := r.print(c.OutOrStdout(), s.json); err != nil {
		return err
	}
	if r.undivided() {
		note(c.ErrOrStderr(), "every image is one component: the mixture may have collapsed; %s says what to try",
			s.reporting())
	}
	if images.set == nil && len(r.bad) > 0 {
		return fmt.Errorf("%d of %d files cannot be read; the first: %w", len(r.bad), n, r.bad[0])
	}
	return nil
}

// reporting is the command that says how the training of the model went.
func (s *segmenting) reporting() string {
	if info, err := os.Stat(s.model); err != nil || !info.IsDir() { // a checkpoint may be of any run
		return "amdim report RUN"
	}
	return typed("report", s.model)
}

// pathsOf are the files of the image of a name: overlay, labels and, where it is
// asked for, q.
func (s *segmenting) pathsOf(name string) []string {
	base := filepath.Join(s.out, filepath.FromSlash(name))
	paths := []string{base + ".overlay.png", base + ".labels.png"}
	if s.q {
		paths = append(paths, base+".q.npy")
	}
	return paths
}
