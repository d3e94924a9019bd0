package main

import (
	"fmt"

	"github.com/amdim/amdim/internal/spelling"
	"github.com/amdim/amdim/report"
)

// What a sheet of classes shows at most.
const (
	shownClasses    = 60
	shownClassified = 10 // of each class, and of the least certain
)

// sheet has a row for each class, the most certain images first, and one of the least
// certain images of all.
func (r *classification) sheet(p *thumbnails) *report.Sheet {
	s := &report.Sheet{Title: "Classes", Headline: fmt.Sprintf(
		"of %s, learnt from %d labelled ones; the number is the probability",
		spelling.Count(len(r.Images), "image"), r.LearntFrom)}
	if len(r.Classes) > shownClasses {
		s.Headline += fmt.Sprintf("; the first %d classes are shown", shownClasses)
	}
	of := map[string][]int{}
	for _, i := range r.byCertainty() {
		of[r.Images[i].Class] = append(of[r.Images[i].Class], i)
	}
	for _, class := range r.Classes[:min(len(r.Classes), shownClasses)] {
		if len(of[class]) > 0 {
			s.Rows = append(s.Rows, r.row(p, class, of[class], false))
		}
	}
	s.Rows = append(s.Rows, r.row(p, "least certain", r.leastCertain(shownClassified), true))
	return s
}

// row shows the first of some images, with their classes if they differ.
func (r *classification) row(p *thumbnails, title string, images []int, named bool) report.SheetRow {
	row := report.SheetRow{Title: title, More: max(0, len(images)-shownClassified)}
	for _, i := range images[:min(len(images), shownClassified)] {
		x := r.Images[i]
		caption := fmt.Sprintf("%.2f", x.Probability)
		if named {
			caption += " " + shortClass(x.Class)
		}
		row.Cells = append(row.Cells, report.SheetCell{Image: p.image(i), Caption: caption, Name: x.Image})
	}
	return row
}
