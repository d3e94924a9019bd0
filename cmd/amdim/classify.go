package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim"
	"github.com/amdim/amdim/classify"
	"github.com/amdim/amdim/embedding"
)

// classifying is the command's flags.
type classifying struct {
	engine             engineFlags
	model              string
	labelled           string
	classifier, keep   string
	data, split, index string
	precision          string
	out                string
	sheet              sheetFlags
	json               bool

	bar     counter
	indexed *amdim.Set        // of --index
	kept    *amdim.Classifier // of --classifier
}

func classifyCommand() *cobra.Command {
	var s classifying
	c := &cobra.Command{
		Use: "classify --model RUN {--labelled SPEC | --classifier FILE} " +
			"{--data SPEC | --index FILE | IMAGE…} --out FILE",
		Short: "Name the class of images, after a few labelled ones",
		Long: `Learn classes from a few labelled images and write which class each other image is of,
with a probability, as CSV.

Put some images of each class, 5 or 20, or copies of them, into a folder with its name:

  sorted/cat/1.jpg  sorted/cat/2.jpg  sorted/dog/1.jpg …

amdim search --typical chooses images to begin with.

A logistic regression learns from the vectors of these, as in amdim eval --protocol
few-shot. Cross-validation on them says how often it is right, and sets how sure it is:
among images with a probability of 0.8, four in five or more should be right, if they
are like the labelled ones and each is of one of the classes.

The images about which it is least certain are listed: some may be of none of the
classes. --sheet draws the most certain images of each class, and the least certain of
all. To label more images and classify again, embed the images once with amdim embed,
and give --index. The exit code is 1 if an image that is named could not be read.

--keep-classifier keeps what was learnt, for --classifier in place of --labelled, here
and in amdim serve. Without images to classify, only this is done.

Names are written as they are, and a spreadsheet takes one that begins with
=, +, - or @ for a formula: import a CSV of names that you do not trust as text.`,
		Example: `  amdim classify --model runs/photos --labelled folder:sorted \
    --data folder:photos --out classes.csv --sheet classes.html
  amdim classify --model runs/photos --labelled folder:sorted a.jpg --out -
  amdim classify --model runs/photos --labelled folder:sorted \
    --keep-classifier classes.safetensors
  amdim classify --model runs/photos --classifier classes.safetensors \
    --data folder:new --out new.csv`,
		RunE: func(c *cobra.Command, files []string) error { return s.run(c, files) },
	}
	s.engine.addFrozen(c)
	s.sheet.add(c)
	f := c.Flags()
	f.StringVar(&s.model, "model", "", "run folder or checkpoint")
	f.StringVar(&s.labelled, "labelled", "",
		"labelled images: folder:DIR with a folder for each class (of train and test: those in train), "+
			"cifar10:DIR, …")
	f.StringVar(&s.classifier, "classifier", "", "in place of --labelled, a file that --keep-classifier wrote")
	f.StringVar(&s.keep, "keep-classifier", "", "keep what is learnt in this file, ending in .safetensors")
	f.StringVar(&s.data, "data", "", "images to classify: folder:DIR, shapes, cifar10:DIR, …")
	f.StringVar(&s.index, "index", "",
		"in place of --data, vectors that amdim embed wrote: quick when labels are added")
	f.StringVar(&s.split, "split", "",
		"of --data: train, test or pretrain (default: all of a folder, train of other data)")
	f.StringVar(&s.out, "out", "", "file for the classes, ending in .csv; - writes to standard output")
	addPrecision(f, &s.precision)
	f.BoolVar(&s.json, "json", false, "print the result as JSON")
	return c
}

func (s *classifying) run(c *cobra.Command, files []string) error {
	if err := s.check(files); err != nil {
		return err
	}
	if err := s.engine.checkPrecision(s.precision); err != nil {
		return err
	}
	if err := s.load(); err != nil {
		return err
	}
	s.noteInside(c.ErrOrStderr())
	s.bar = counter{out: c.ErrOrStderr(), noun: "images"}
	m, closeModel, err := s.engine.openModel(s.model, amdim.Options{Precision: s.precision, Progress: s.bar.set})
	if err != nil {
		return err
	}
	defer closeModel()
	r, err := s.classify(c, m, files)
	s.bar.finish()
	if errors.Is(err, context.Canceled) {
		return stoppedError{"stopped: nothing was written"}
	}
	if err != nil {
		return err
	}
	if err := s.tell(c, r); err != nil {
		return err
	}
	if len(files) > 0 && len(r.Unreadable) > 0 {
		return fmt.Errorf("%d of %d images could not be read", len(r.Unreadable), len(files))
	}
	return nil
}

// load reads the files that the flags name, before anything takes long.
func (s *classifying) load() (err error) {
	if s.index != "" {
		if s.indexed, err = embedding.Load(s.index); err != nil {
			return fmt.Errorf("--index: %w", err)
		}
	}
	if s.classifier != "" {
		if s.kept, err = classify.Load(s.classifier); err != nil {
			return fmt.Errorf("--classifier: %w", err)
		}
	}
	return nil
}

// classify classifies images, if there are any, by what is learnt or was kept.
func (s *classifying) classify(c *cobra.Command, m *amdim.Model, files []string) (*classification, error) {
	ctx := c.Context()
	r := &classification{
		Model: s.model, Labelled: s.labelled, Classifier: s.classifier, Data: s.data, Index: s.index,
		Unreadable: []unreadable{}, UnreadableLabelled: []unreadable{}, learnt: s.kept,
	}
	examples, err := s.examples(c, m, r)
	if err != nil {
		return nil, err
	}
	if s.classifies(files) {
		var bad []*amdim.Unreadable
		r.set, bad, err = s.others(ctx, m, files)
		s.bar.finish()
		s.note(c, s.data, bad)
		r.Unreadable = unreadables(bad)
		if err != nil {
			return nil, err
		}
	}
	if r.learnt == nil {
		if r.learnt, err = s.learn(c, m, examples, r.set); err != nil {
			return nil, err
		}
	}
	return r, r.fill(ctx, examples, s.engine.threads)
}

// noteInside says that the sheet will be one of the images classified or learnt from.
func (s *classifying) noteInside(w io.Writer) {
	specs := []string{s.data, s.labelled}
	if s.indexed != nil {
		specs = append(specs, s.indexed.Model.Images)
	}
	s.sheet.noteInside(w, specs...)
}

// others are the vectors of the images to classify, and the images that could not be read.
func (s *classifying) others(
	ctx context.Context, m *amdim.Model, files []string,
) (*amdim.Set, []*amdim.Unreadable, error) {
	switch {
	case s.index != "":
		return s.indexed, nil, nil
	case s.data != "":
		return m.EmbedData(ctx, s.data, s.split)
	}
	return m.EmbedFiles(ctx, files...)
}

// note names unreadable images, and of which of the two sets they are.
func (s *classifying) note(c *cobra.Command, spec string, bad []*amdim.Unreadable) {
	if len(bad) > 0 && spec != "" {
		fmt.Fprintf(c.ErrOrStderr(), "of %s:\n", spec)
	}
	noteUnreadable(c.ErrOrStderr(), bad, "--json")
}

// check refuses what is wrong before anything is read.
func (s *classifying) check(files []string) error {
	switch {
	case s.model == "":
		return usagef("--model is missing: name a run folder or a checkpoint")
	case s.labelled+s.classifier == "":
		return usagef("--labelled is missing: name images of known classes, such as folder:DIR " +
			"with a folder for each class, or a --classifier that was kept")
	case s.labelled != "" && s.classifier != "":
		return usagef("--labelled and --classifier cannot be combined")
	case s.classifier != "" && s.keep != "":
		return usagef("--keep-classifier needs --labelled: nothing is learnt with --classifier")
	case !s.classifies(files) && s.keep == "":
		return usagef("--data is missing: name images to classify, such as folder:DIR, or give --index or files")
	case !s.classifies(files) && (s.out != "" || s.sheet.path != ""):
		return usagef("--out and --sheet need images to classify, such as --data folder:DIR")
	case s.data != "" && s.index != "":
		return usagef("--data and --index cannot be combined")
	case s.data+s.index != "" && len(files) > 0:
		return usagef("--data or --index cannot be combined with image files: %q", files[0])
	case s.data == "" && s.split != "":
		return usagef("--split is for --data")
	case s.out == "" && !s.json && s.classifies(files):
		return usagef("--out is missing: name a file for the classes, such as classes.csv, or - to print them")
	case s.out == "-" && s.json:
		return usagef("--out - cannot be combined with --json: both print")
	}
	if err := checkSplit(s.split); err != nil {
		return err
	}
	if dir, ok := folderAmong(files); ok {
		return usagef("%s is a folder: name an image file, or --data folder:%s", dir, dir)
	}
	if s.out != "" && s.out != "-" {
		if err := s.checkWritten("--out", s.out, ".csv"); err != nil {
			return err
		}
	}
	if s.keep != "" {
		if err := s.checkKeep(); err != nil {
			return err
		}
	}
	return s.sheet.check()
}

// classifies reports whether there are images to classify.
func (s *classifying) classifies(files []string) bool { return s.data+s.index != "" || len(files) > 0 }

// checkKeep refuses to replace anything but a classifier: a checkpoint may have such a name.
func (s *classifying) checkKeep() error {
	if err := s.checkWritten("--keep-classifier", s.keep, ".safetensors"); err != nil {
		return err
	}
	if _, err := os.Stat(s.keep); err != nil {
		return nil
	}
	if _, err := classify.Load(s.keep); err != nil {
		return usagef("--keep-classifier %s: not replaced, as it holds no classifier: %w", s.keep, err)
	}
	return nil
}

// checkWritten refuses a file of a flag that cannot be written.
func (s *classifying) checkWritten(flag, path, ext string) error {
	if !strings.EqualFold(filepath.Ext(path), ext) {
		return usagef("%s %s: the name must end in %s", flag, path, ext)
	}
	if err := writable(flag, path); err != nil {
		return err
	}
	if _, err := os.Stat(path); err == nil && !s.sheet.overwrite {
		return usagef("%s %s exists: --overwrite replaces it", flag, path)
	}
	return nil
}
