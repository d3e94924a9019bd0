package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/embedding"
	"github.com/amdim/amdim/internal/spelling"
	"github.com/amdim/amdim/report"
)

// typicalLine is how many pictures stand in a line of a sheet of typical images.
const typicalLine = 10

// representatives is the result of --typical as JSON.
type representatives struct {
	Index   string              `json:"index"`
	Images  int                 `json:"images"`
	Typical []embedding.Typical `json:"typical"`
}

func (s *search) runTypical(c *cobra.Command, x *embedding.Index, p *thumbnails) error {
	n := x.Set().Len()
	if s.typical > n {
		return usagef("--typical %d: the index has %s", s.typical, spelling.Count(n, "image"))
	}
	typical, err := x.Typical(c.Context(), s.typical)
	if errors.Is(err, context.Canceled) {
		return stoppedError{"stopped: nothing was written"}
	}
	if err != nil {
		return err
	}
	if p != nil {
		if err := s.sheet.draw(c, p, typicalSheet(p, typical)); err != nil {
			return err
		}
	}
	if s.json {
		return printJSON(c.OutOrStdout(), representatives{s.index, n, typical})
	}
	return printTypical(c.OutOrStdout(), n, typical)
}

func typicalHeadline(images int, typical []embedding.Typical) string {
	return fmt.Sprintf("%d of %d images, each in the middle of a group that looks alike: label these first",
		len(typical), images)
}

func printTypical(w io.Writer, images int, typical []embedding.Typical) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n%8s  image\n", typicalHeadline(images, typical), "group of")
	for _, t := range typical {
		fmt.Fprintf(&b, "%8d  %s\n", t.Images, spelling.Printable(t.Name))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// typicalSheet has lines of images, those of the largest groups first.
func typicalSheet(p *thumbnails, typical []embedding.Typical) *report.Sheet {
	s := &report.Sheet{Title: "Typical images", Headline: typicalHeadline(p.set.Len(), typical)}
	for i, t := range typical {
		if i%typicalLine == 0 {
			last := min(i+typicalLine, len(typical))
			s.Rows = append(s.Rows, report.SheetRow{Title: fmt.Sprintf("%d to %d", i+1, last)})
		}
		row := &s.Rows[len(s.Rows)-1]
		row.Cells = append(row.Cells, report.SheetCell{
			Image: p.image(t.Index), Caption: fmt.Sprintf("of %d", t.Images), Name: t.Name,
		})
	}
	return s
}
