package main

import (
	"fmt"

	"github.com/amdim/amdim/report"
)

// What a sheet of classes shows at most, of each class and of the least certain.
const shownClassified = 10

// sheet has a row for each class, the most certain images first, and one of the least
// certain images of all.
func (r *classes) sheet(p *thumbnails) *report.Sheet {
	s := &report.Sheet{Title: "Classes", Headline: fmt.Sprintf(
		"of %s, learnt from %d labelled ones; the number is the probability",
		counted(len(r.Images), "image", "images"), r.LearntFrom)}
	for _, class := range r.Classes {
		s.Rows = append(s.Rows, r.row(p, class, r.byCertainty(class), false))
	}
	s.Rows = append(s.Rows, r.row(p, "least certain, to label next", r.leastCertain(shownClassified), true))
	return s
}

// row shows the first of some images, with their classes if they differ.
func (r *classes) row(p *thumbnails, title string, images []int, named bool) report.SheetRow {
	row := report.SheetRow{Title: title, More: max(0, len(images)-shownClassified)}
	for _, i := range images[:min(len(images), shownClassified)] {
		x := r.Images[i]
		caption := fmt.Sprintf("%.2f", x.Probability)
		if named {
			caption += " " + x.Class
		}
		row.Cells = append(row.Cells, report.SheetCell{Image: p.image(i), Caption: caption, Name: x.Image})
	}
	return row
}
