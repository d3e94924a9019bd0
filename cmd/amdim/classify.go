package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim"
)

// classification is the command's flags.
type classification struct {
	engine                engineFlags
	model, labelled, data string
	split, precision      string
	out, sheet            string
	overwrite, json       bool
}

func classifyCommand() *cobra.Command {
	var s classification
	c := &cobra.Command{
		Use:   "classify --model RUN --labelled SPEC {--data SPEC | IMAGE…} --out FILE",
		Short: "Name the class of images, after a few labelled ones",
		Long: `Learn classes from a few labelled images and write which class each other image is of,
with a probability, as CSV.

Put some images of each class, 5 or 20, into a folder with its name:

  sorted/cat/1.jpg  sorted/cat/2.jpg  sorted/dog/1.jpg …

A logistic regression learns from the vectors of these, as in amdim eval --protocol
few-shot. Cross-validation on them says how often it is right, and sets how sure it is:
among images with a probability of 0.8, four in five should be right, if they are like
the labelled ones and each is of one of the classes.

The images about which it is least certain are listed: labelling these helps most.
--sheet draws the most certain images of each class, and the least certain of all.`,
		Example: `  amdim classify --model runs/photos --labelled folder:sorted \
    --data folder:photos --out classes.csv --sheet classes.html
  amdim classify --model runs/photos --labelled folder:sorted a.jpg --out -`,
		RunE: func(c *cobra.Command, files []string) error { return s.run(c, files) },
	}
	s.engine.add(c)
	f := c.Flags()
	f.StringVar(&s.model, "model", "", "run folder or checkpoint")
	f.StringVar(&s.labelled, "labelled", "",
		"labelled images: folder:DIR with a folder for each class, or the train images of cifar10:DIR, …")
	f.StringVar(&s.data, "data", "", "images to classify: folder:DIR, shapes, cifar10:DIR, …")
	f.StringVar(&s.split, "split", "",
		"of --data: train, test or pretrain (default: all of a folder, train of other data)")
	f.StringVar(&s.out, "out", "", "file for the classes, ending in .csv; - writes to standard output")
	f.StringVar(&s.sheet, "sheet", "", "draw the result: a file ending in .png or .html")
	f.BoolVar(&s.overwrite, "overwrite", false, "replace the file that --out names")
	f.StringVar(&s.precision, "precision", "",
		"precision of the encoder: bf16 or f32, or tf32 on a GPU (default: as it was trained)")
	f.BoolVar(&s.json, "json", false, "print the result as JSON")
	return c
}

func (s *classification) run(c *cobra.Command, files []string) error {
	if err := s.check(files); err != nil {
		return err
	}
	if err := s.engine.checkPrecision(s.precision); err != nil {
		return err
	}
	bar := counter{out: c.ErrOrStderr(), noun: "images"}
	m, closeModel, err := s.engine.openModel(s.model, amdim.Options{Precision: s.precision, Progress: bar.set})
	if err != nil {
		return err
	}
	defer closeModel()
	r, err := s.classify(c.Context(), m, files)
	bar.finish()
	if errors.Is(err, context.Canceled) {
		return stoppedError{"stopped: nothing was written"}
	}
	if err != nil {
		return err
	}
	return s.tell(c, r)
}

// classify embeds both sets of images, learns from one and classifies the other.
func (s *classification) classify(ctx context.Context, m *amdim.Model, files []string) (*classes, error) {
	r := &classes{Model: s.model, Labelled: s.labelled, Data: s.data}
	var err error
	var bad, badLabelled []*amdim.Unreadable
	if s.data == "" {
		r.set, bad, err = m.EmbedFiles(ctx, files...)
	} else {
		r.set, bad, err = m.EmbedData(ctx, s.data, s.split)
	}
	if err != nil {
		return nil, err
	}
	learnt, badLabelled, err := m.LearnClasses(ctx, s.labelled, "", r.set)
	if err != nil {
		return nil, err
	}
	r.bad = append(badLabelled, bad...)
	return r, r.fill(learnt)
}

// check refuses what is wrong before anything is read.
func (s *classification) check(files []string) error {
	switch {
	case s.model == "":
		return usagef("--model is missing: name a run folder or a checkpoint")
	case s.labelled == "":
		return usagef("--labelled is missing: name images of known classes, such as folder:DIR " +
			"with a folder for each class")
	case s.data == "" && len(files) == 0:
		return usagef("--data is missing: name images to classify, such as folder:DIR, or their files")
	case s.data != "" && len(files) > 0:
		return usagef("--data and image files cannot be combined: %q", files[0])
	case s.data == "" && s.split != "":
		return usagef("--split is for --data")
	case s.split != "" && s.split != "train" && s.split != "test" && s.split != "pretrain":
		return usagef("--split %q: need train, test or pretrain", s.split)
	case s.out == "" && !s.json:
		return usagef("--out is missing: name a file for the classes, such as classes.csv, or - to print them")
	case s.out == "-" && s.json:
		return usagef("--out - cannot be combined with --json: both print")
	}
	if dir, ok := folderAmong(files); ok {
		return usagef("%s is a folder: name an image file, or --data folder:%s", dir, dir)
	}
	if s.out != "" && s.out != "-" {
		if err := s.checkOut(); err != nil {
			return err
		}
	}
	return checkSheet(s.sheet)
}

func (s *classification) checkOut() error {
	if !strings.EqualFold(filepath.Ext(s.out), ".csv") {
		return usagef("--out %s: the name must end in .csv", s.out)
	}
	if _, err := os.Stat(s.out); err == nil && !s.overwrite {
		return usagef("--out %s exists: --overwrite replaces it", s.out)
	}
	if err := replaceable(s.out); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	return nil
}
