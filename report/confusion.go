package report

import (
	"fmt"

	"github.com/amdim/amdim/eval"
)

// Confused is a confusion matrix with what it was counted on.
type Confused struct {
	eval.Confusion
	K      int          // neighbours that voted
	Result *eval.Result // that it is of, under kNN; nil: it was counted on the images of the page
}

// mostCells is the number of classes up to which the whole matrix is readable;
// beyond that, the page shows only the most common mistakes.
const (
	mostCells    = 25
	mostMistakes = 8
)

// Cell is a cell of the matrix.
type Cell struct {
	Count int
	Shade string // share of the class's images, in percent: how dark the cell is
	Right bool   // on the diagonal
	Deep  bool   // so dark that its number must be light
	Title string
}

// ConfusionRow is a class of the matrix.
type ConfusionRow struct {
	Class string
	Cells []Cell
}

// Confusions returns the rows of the matrix; none if there are too many classes.
func (p *Page) Confusions() []ConfusionRow {
	c := p.Confusion
	if c == nil || c.Classes > mostCells {
		return nil
	}
	rows := make([]ConfusionRow, c.Classes)
	for l := range rows {
		rows[l].Class = p.confusedClass(l)
		of := max(c.Images(l), 1)
		for to := range c.Classes {
			n := c.At(l, to)
			rows[l].Cells = append(rows[l].Cells, Cell{
				Count: n, Right: l == to, Deep: 2*n > of, Shade: fmt.Sprintf("%.0f", 100*float64(n)/float64(of)),
				Title: fmt.Sprintf("%d of %d images of %s taken for %s", n, of, p.confusedClass(l), p.confusedClass(to)),
			})
		}
	}
	return rows
}

// Mistaken is one of the most common mistakes.
type Mistaken struct {
	Label, Predicted string
	Count, Of        int
}

// Mistakes returns the most common mistakes.
func (p *Page) Mistakes() []Mistaken {
	var named []Mistaken
	for _, m := range p.Confusion.Mistakes(mostMistakes) {
		named = append(named, Mistaken{
			p.confusedClass(m.Label), p.confusedClass(m.Predicted), m.Count, m.Of,
		})
	}
	return named
}

// confusedClass is the name of a class of the matrix, whose data may differ from those of the
// pictures.
func (p *Page) confusedClass(label int) string {
	if r := p.Confusion.Result; r != nil {
		return r.ClassNames[label]
	}
	return p.class(label)
}

// class is the name of a label; empty if there is none.
func (p *Page) class(label int) string {
	if label < 0 || label >= len(p.Classes) {
		return ""
	}
	return p.Classes[label]
}
