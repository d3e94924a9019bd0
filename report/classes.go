package report

import "github.com/amdim/amdim/eval"

// ClassLine is a class of the data that a run was evaluated on.
type ClassLine struct {
	Name     string
	Images   int     // counted over all runs of the protocol
	Accuracy float64 // NaN without images
	Mistake  string  // what its images are most often mistaken for; empty: nothing
	Share    float64
}

// ByClass returns the classes under the first protocol that counted a confusion
// matrix; none if the model has no such row.
func (p *Page) ByClass() []ClassLine {
	c, _, ok := p.Result.Matrix()
	if !ok {
		return nil
	}
	mistakes := map[int]eval.Mistake{}
	for _, m := range c.Mistakes(c.Classes * c.Classes) {
		if _, worse := mistakes[m.Label]; !worse {
			mistakes[m.Label] = m
		}
	}
	accuracy, names := c.PerClass(), p.Result.ClassNames
	lines := make([]ClassLine, c.Classes)
	for l := range lines {
		lines[l] = ClassLine{Name: names[l], Images: c.Images(l), Accuracy: accuracy[l]}
		if m, ok := mistakes[l]; ok {
			lines[l].Mistake, lines[l].Share = names[m.Predicted], float64(m.Count)/float64(m.Of)
		}
	}
	return lines
}

// ByClassProtocol is the protocol of ByClass.
func (p *Page) ByClassProtocol() string {
	_, protocol, _ := p.Result.Matrix()
	return protocol
}
