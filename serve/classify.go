package serve

import (
	"cmp"
	"math"
	"net/http"
	"slices"
)

// probability is that of one class.
type probability struct {
	Class       string  `json:"class"`
	Probability float64 `json:"probability"`
}

var errNoClasses = faultf(http.StatusNotFound,
	"this server was given no classes: no labelled images and no classifier")

// classify answers with the most probable classes of images, the first first.
func (h *Handler) classify(r *http.Request) (reply, error) {
	q := queryOf(r, "k")
	k := q.count("k", 5, math.MaxInt)
	learnt := h.Offer().Classifier
	switch {
	case learnt == nil:
		return reply{}, errNoClasses
	case q.err != nil:
		return reply{}, q.err
	}
	return h.forEach(r, func(a *answered, v []float32) error {
		p, err := learnt.Classify(v)
		if err != nil {
			return err
		}
		for i, class := range learnt.Classes {
			a.Classes = append(a.Classes, probability{class, p[i]})
		}
		slices.SortStableFunc(a.Classes, func(x, y probability) int {
			return cmp.Compare(y.Probability, x.Probability)
		})
		a.Classes = a.Classes[:min(k, len(a.Classes))]
		return nil
	})
}
