package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/data/survey"
	"github.com/amdim/amdim/internal/spelling"
)

func dataCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "data",
		Short: "Check, download and pack images before training on them",
		Args:  noArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(dataCheckCommand(), dataGetCommand(), dataPackCommand())
	return c
}

// dataCheck is the command's flags.
type dataCheck struct {
	json       bool
	threads    int
	quarantine string // file of the list; empty: none is written
}

func dataCheckCommand() *cobra.Command {
	var d dataCheck
	c := &cobra.Command{
		Use:   "check SPEC",
		Short: "Count images, classes, damaged files and copies",
		Long: `Read every image once and say what is there: how many images, of which classes,
formats and sizes; which files, segmentations included, cannot be read and why;
which images are exact copies of another or look like one; whether training would
see copies of held-out images; and which commands to run next. Near copies are a
guess: look at some before you trust it.

--quarantine writes a list of images to leave out of training: copies of held-out
images, all but one of the copies among the others, and damaged files.
amdim pretrain --quarantine reads it and leaves them out. You may delete lines of the list.

Damaged files are reported but are not an error, unless no image can be read.`,
		Example: `  amdim data check folder:photos
  amdim data check cifar10:data/cifar10 --quarantine copies.json
  amdim data check folder:photos --json | jq '.unreadable[].name'`,
		Args: oneSpec("check"),
		RunE: func(c *cobra.Command, args []string) error { return d.run(c, args[0]) },
	}
	f := c.Flags()
	f.BoolVar(&d.json, "json", false, "print the result as JSON, naming every file")
	f.IntVar(&d.threads, "threads", 0, "images read at once (default: all processors)")
	f.StringVar(&d.quarantine, "quarantine", "",
		"new file to write the list of images to leave out of training to")
	return c
}

// oneSpec refuses anything but one argument.
func oneSpec(verb string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != 1 {
			return usagef("data %s takes one SPEC, such as folder:photos or cifar10:data/cifar10, got %d",
				verb, len(args))
		}
		return nil
	}
}

func (d *dataCheck) run(c *cobra.Command, spec string) error {
	if err := checkThreads(d.threads); err != nil {
		return err
	}
	if err := d.checkNew(); err != nil {
		return err
	}
	parts, err := openParts(c.Context(), spec)
	if err != nil {
		return err
	}
	found, err := d.take(c, spec, parts)
	if err != nil {
		return err
	}
	if err := verifyPacked(c, parts); err != nil {
		return fmt.Errorf("data check %s: %w", spec, err)
	}
	if d.quarantine != "" {
		if err := d.write(c, spec, parts[0].Set, found.Left); err != nil {
			return err
		}
	}
	where := layoutOf(parts[0].Set)
	if folder, ok := parts[0].Set.(*data.Folder); ok {
		where.foreign, where.splits = folder.Foreign(), folder.SplitNote()
	}
	checked := newChecked(spec, found, where, d.quarantine)
	if d.json {
		return printJSON(c.OutOrStdout(), checked)
	}
	_, err = io.WriteString(c.OutOrStdout(), checked.text())
	return err
}

// take reads the images, of which at least one can be.
func (d *dataCheck) take(c *cobra.Command, spec string, parts []survey.Part) (*survey.Survey, error) {
	k := counter{out: c.ErrOrStderr(), noun: "images read"}
	found, err := survey.Take(c.Context(), parts, survey.Config{Threads: d.threads, Progress: k.set})
	k.finish()
	switch {
	case errors.Is(err, context.Canceled):
		return nil, stoppedError{"stopped before every image was read"}
	case err != nil:
		return nil, fmt.Errorf("data check %s: %w", spec, err)
	case found.Readable == 0:
		first := found.Unreadable[0]
		return nil, fmt.Errorf("data check %s: none of %s can be read; the first, %s: %s",
			spec, spelling.Count(found.Images, "image"), spelling.Printable(first.Name), first.Error)
	}
	return found, nil
}

// checkNew refuses a list that is there: its lines may have been chosen by hand.
func (d *dataCheck) checkNew() error {
	if d.quarantine == "" {
		return nil
	}
	if _, err := os.Lstat(d.quarantine); err == nil {
		return usagef("--quarantine %s: it exists already: delete it or choose another name", d.quarantine)
	}
	return writable("--quarantine", d.quarantine)
}

// write writes the list whole or not at all.
func (d *dataCheck) write(c *cobra.Command, spec string, set data.Dataset, left []data.LeftOut) error {
	list := data.Quarantine{Spec: spec, Digest: set.Digest(), Images: set.Len(), Left: left}
	if err := replaceFile(d.quarantine, list.Encode()); err != nil {
		return fmt.Errorf("--quarantine: %w", err)
	}
	_, err := fmt.Fprintf(c.ErrOrStderr(), "wrote %s: leaves %s of %s out of training\n",
		d.quarantine, spelling.Count(len(left), "image"), spelling.Grouped(set.Len()))
	return err
}

// openParts opens what is learnt from and what is held out, if anything is.
func openParts(ctx context.Context, spec string) ([]survey.Part, error) {
	all, held, err := data.OpenParts(spec, data.Options{Context: ctx})
	if err != nil {
		return nil, err
	}
	parts := []survey.Part{{Name: data.Pretrain.String(), Set: all}}
	if held == nil {
		return parts, nil
	}
	return append(parts, survey.Part{Name: data.Test.String(), Set: held}), nil
}

// verifyPacked compares a pack with the digests that were taken when it was made.
func verifyPacked(c *cobra.Command, parts []survey.Part) error {
	shown := newStages(c.ErrOrStderr())
	defer shown.finish()
	for _, part := range parts {
		if p, ok := part.Set.(*data.Packed); ok {
			err := p.Verify(c.Context(), func(done, total int) { shown.set("compared", done, total) })
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// layout is where the images of a folder lie: without classes, why.
type layout struct {
	only    string // the one folder that all lie in, if they do
	stray   string // the first image beside folders that would be classes, if they would
	foreign string // photographs in formats that are not read
	splits  string // folders that are not used as their names suggest
}

func layoutOf(set data.Dataset) layout {
	named, ok := set.(data.Named)
	if !ok {
		return layout{}
	}
	top, stray, split := map[string]bool{}, "", ""
	if first, _, _ := strings.Cut(named.Name(0), "/"); data.IsTrainFolder(first) {
		split = first + "/"
	}
	for i := range named.Len() {
		if !strings.HasPrefix(named.Name(i), split) {
			split = ""
		}
	}
	for i := range named.Len() {
		name := strings.TrimPrefix(named.Name(i), split)
		folder, _, below := strings.Cut(name, "/")
		switch {
		case below:
			top[folder] = true
		case stray == "":
			stray = named.Name(i)
		}
	}
	switch {
	case stray == "" && len(top) == 1:
		return layout{only: slices.Collect(maps.Keys(top))[0]}
	case len(top) > 1:
		return layout{stray: stray}
	}
	return layout{}
}
