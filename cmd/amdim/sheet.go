package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/embedding"
	"github.com/amdim/amdim/internal/spelling"
	"github.com/amdim/amdim/report"
)

// sheetFlags say whether a result is drawn as a contact sheet, and where.
type sheetFlags struct {
	path      string // empty: it is not
	images    string // folder of the images; empty: where they were embedded
	overwrite bool
	command   *cobra.Command // a stop of it ends the scan of the images
}

func (f *sheetFlags) add(c *cobra.Command) {
	f.command = c
	c.Flags().StringVar(&f.path, "sheet", "", "draw the result: a file ending in .png or .html")
	c.Flags().StringVar(&f.images, "image-folder", "",
		"folder of the images, for --sheet (default: where they were embedded)")
	c.Flags().BoolVar(&f.overwrite, "overwrite", false, "replace files that are there already")
}

func isPNG(path string) bool { return strings.EqualFold(filepath.Ext(path), ".png") }

func isHTML(path string) bool { return strings.EqualFold(filepath.Ext(path), ".html") }

// check refuses a sheet that cannot be written.
func (f sheetFlags) check() error {
	switch {
	case f.path == "" && f.images != "":
		return usagef("--image-folder needs --sheet")
	case f.path == "":
		return nil
	case !isPNG(f.path) && !isHTML(f.path):
		return usagef("--sheet %s: the name must end in .png or .html", f.path)
	}
	if err := writable("--sheet", f.path); err != nil {
		return err
	}
	if _, err := os.Stat(f.path); err == nil && !f.overwrite { // it may be a photograph
		return usagef("--sheet %s exists: --overwrite replaces it", f.path)
	}
	return nil
}

// noteInside says that the sheet will be one of the images of a spec.
func (f sheetFlags) noteInside(w io.Writer, specs ...string) {
	if f.images != "" {
		specs = append([]string{"folder:" + f.images}, specs...)
	}
	noteInside(w, "sheet", f.path, f.path, specs...)
}

// open finds the images that the sheet is to show; nil without a sheet.
func (f sheetFlags) open(set *embedding.Set) (*thumbnails, error) {
	if f.path == "" {
		return nil, nil
	}
	p, err := thumbnailsOf(f.command.Context(), set, f.images)
	if err != nil {
		return nil, fmt.Errorf("--sheet: %w", err)
	}
	return p, nil
}

// draw writes the sheet whole or not at all.
func (f sheetFlags) draw(c *cobra.Command, p *thumbnails, sheet *report.Sheet) error {
	var b bytes.Buffer
	write := sheet.HTML
	if isPNG(f.path) {
		write = sheet.PNG
	}
	if err := write(&b); err != nil {
		return err
	}
	if err := replaceFile(f.path, b.Bytes()); err != nil {
		return fmt.Errorf("--sheet: %w", err)
	}
	if p.lost > 0 {
		note(c.ErrOrStderr(), "%s of the sheet cannot be shown: %s",
			spelling.Count(p.lost, "image"), told(p.first))
	}
	fmt.Fprintf(c.ErrOrStderr(), "sheet: %s\n", f.path)
	return nil
}
