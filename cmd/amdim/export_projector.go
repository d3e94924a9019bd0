package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim"
	"github.com/amdim/amdim/embedding"
	"github.com/amdim/amdim/format/tensorboard"
	"github.com/amdim/amdim/internal/shell"
	"github.com/amdim/amdim/internal/spelling"
)

func (e *export) checkProjector(c *cobra.Command) error {
	switch {
	case (e.index == "") == (e.model == ""):
		return usagef("--format projector needs --index, or --model and --data")
	case e.model != "" && e.data == "":
		return usagef("--data is missing: name the images to encode, such as folder:DIR")
	}
	for _, flag := range ofVectors {
		if c.Flags().Changed(flag) && e.index != "" {
			return usagef("--index already has vectors: it cannot be combined with --%s", flag)
		}
	}
	if err := checkSplit(e.split); err != nil {
		return err
	}
	if info, err := os.Stat(e.out); err == nil && !info.IsDir() {
		return usagef("--out: %s is a file: a folder is needed", e.out)
	}
	for _, name := range tensorboard.ProjectorFiles {
		if err := free(filepath.Join(e.out, name), e.overwrite); err != nil {
			return err
		}
	}
	return nil
}

// projector writes a folder for TensorBoard's projector.
func (e *export) projector(c *cobra.Command) error {
	set, err := e.vectors(c)
	if err != nil {
		return err
	}
	pictures, err := thumbnailsOf(c.Context(), set, e.images)
	if err != nil {
		return err
	}
	made := os.MkdirAll(e.out, 0o755)
	folder, err := os.MkdirTemp(e.out, ".amdim-")
	if err = errors.Join(made, err); err != nil {
		return fmt.Errorf("--out %s: %w", e.out, err)
	}
	defer os.RemoveAll(folder)
	if err := tensorboard.Projector(folder, set, pictures.image); err != nil {
		return err
	}
	for _, name := range tensorboard.ProjectorFiles {
		if _, err := os.Stat(filepath.Join(folder, name)); err != nil {
			continue // no sprite of so many images
		}
		if err := os.Rename(filepath.Join(folder, name), filepath.Join(e.out, name)); err != nil {
			return fmt.Errorf("--out: %w", err)
		}
	}
	if pictures.lost > 0 {
		note(c.ErrOrStderr(), "%s cannot be shown: %s",
			spelling.Count(pictures.lost, "image"), told(pictures.first))
	}
	if _, err := fmt.Fprintln(c.OutOrStdout(), e.out); err != nil {
		return err
	}
	return sayNext(c, shell.Line("tensorboard", "--logdir", e.out))
}

// noteInside says that the sprite will be one of the images of a spec.
func (e *export) noteInside(c *cobra.Command, spec string) {
	noteInside(c.ErrOrStderr(), "out", e.out, filepath.Join(e.out, "sprite.png"), spec)
}

// vectors are those of the index, or of the images that --data names.
func (e *export) vectors(c *cobra.Command) (*amdim.Set, error) {
	if e.index != "" {
		set, err := embedding.Load(e.index)
		if err == nil {
			e.noteInside(c, set.Model.Images)
		}
		return set, err
	}
	e.noteInside(c, e.data)
	bar := counter{out: c.ErrOrStderr(), noun: "images"}
	m, closeModel, err := e.engine.openModel(e.model, amdim.Options{Progress: bar.set})
	if err != nil {
		return nil, err
	}
	defer closeModel()
	set, bad, err := m.EmbedData(c.Context(), e.data, e.split)
	bar.finish()
	if err == nil {
		noteUnreadable(c.ErrOrStderr(), bad, typed("data", "check", e.data, "--json"))
	}
	return set, err
}
