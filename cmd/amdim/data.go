package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/survey"
)

func dataCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "data",
		Short: "Look at images before training on them",
		Args:  noArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(dataCheckCommand())
	return c
}

// dataCheck is the command's flags.
type dataCheck struct {
	json    bool
	threads int
}

func dataCheckCommand() *cobra.Command {
	var d dataCheck
	c := &cobra.Command{
		Use:   "check SPEC",
		Short: "Count images, classes, damaged files and copies",
		Long: `Read every image once and say what is there: how many images, of which classes,
formats and sizes, which files cannot be read and why, which are exact copies of
another, and which commands to run next. Writes nothing.

Damaged files are reported and are no failure; that no image can be read is one.`,
		Example: `  amdim data check folder:photos
  amdim data check cifar10:data/cifar10
  amdim data check folder:photos --json | jq '.unreadable[].name'`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("data check takes one SPEC, such as folder:photos or cifar10:data/cifar10, got %d",
					len(args))
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return d.run(c, args[0]) },
	}
	f := c.Flags()
	f.BoolVar(&d.json, "json", false, "print the result as JSON, with every file named")
	f.IntVar(&d.threads, "threads", 0, "images read at once (default: all processors)")
	return c
}

func (d *dataCheck) run(c *cobra.Command, spec string) error {
	if d.threads < 0 {
		return usagef("--threads %d: need at least 0", d.threads)
	}
	parts, err := openParts(spec)
	if err != nil {
		return err
	}
	k := counter{out: c.ErrOrStderr(), noun: "images read"}
	found, err := survey.Take(c.Context(), parts, survey.Config{Threads: d.threads, Progress: k.set})
	k.finish()
	if errors.Is(err, context.Canceled) {
		return stoppedError{"stopped before every image was read"}
	}
	if err != nil {
		return fmt.Errorf("data check %s: %w", spec, err)
	}
	if found.Readable == 0 {
		first := found.Unreadable[0]
		return fmt.Errorf("data check %s: none of %s can be read; the first, %s: %s",
			spec, counted(found.Images, "image", "images"), printable(first.Name), first.Error)
	}
	foreign, err := foreignIn(parts[0].Set)
	if err != nil {
		return err
	}
	checked := newChecked(spec, found, onlyFolder(parts[0].Set), foreign)
	if d.json {
		out := json.NewEncoder(c.OutOrStdout())
		out.SetIndent("", "  ")
		out.SetEscapeHTML(false)
		return out.Encode(checked)
	}
	_, err = io.WriteString(c.OutOrStdout(), checked.text())
	return err
}

// openParts opens what is learnt from and what is held out. A folder may be too
// small for the second.
func openParts(spec string) ([]survey.Part, error) {
	all, err := data.Open(spec, data.Pretrain, data.Options{})
	if err != nil {
		return nil, err
	}
	parts := []survey.Part{{Name: data.Pretrain.String(), Set: all}}
	held, err := data.Open(spec, data.Test, data.Options{})
	if _, folder := all.(*data.Folder); err != nil && !folder {
		return nil, err
	}
	if err == nil {
		parts = append(parts, survey.Part{Name: data.Test.String(), Set: held})
	}
	return parts, nil
}

// foreignIn counts the photographs of a folder that are passed over.
func foreignIn(set data.Dataset) (string, error) {
	folder, ok := set.(*data.Folder)
	if !ok {
		return "", nil
	}
	return data.Foreign(folder.Dir())
}

// onlyFolder is the one folder that all images of a folder lie in, or empty.
func onlyFolder(set data.Dataset) string {
	named, ok := set.(data.Named)
	if !ok {
		return ""
	}
	only, _, below := strings.Cut(named.Name(0), "/")
	for i := 1; i < named.Len() && below; i++ {
		below = strings.HasPrefix(named.Name(i), only+"/")
	}
	if !below {
		return ""
	}
	return only
}
