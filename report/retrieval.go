package report

import (
	"cmp"
	"slices"

	"github.com/amdim/amdim/feature"
	"github.com/amdim/amdim/tensor"
)

// Retrieval shows the nearest train images of some held-out images.
type Retrieval struct {
	K         int  // neighbours shown, and counted for agreement
	Labelled  bool // else there is no class to agree on
	Best      []Query
	Worst     []Query
	Agreement float64 // mean over all queries
}

// Query is an image with its nearest train images, the nearest first.
type Query struct {
	Index      int // among the queries
	Name       string
	Image      tensor.Image
	Label      int
	Agreement  int // neighbours with the label of the query
	Neighbours []Neighbour
}

// Neighbour is a train image.
type Neighbour struct {
	Index  int // among the train images
	Name   string
	Image  tensor.Image
	Label  int
	Cosine float32
}

// cosine is the mean over the neighbours.
func (q Query) cosine() float64 {
	sum := 0.0
	for _, n := range q.Neighbours {
		sum += float64(n.Cosine)
	}
	return sum / float64(max(len(q.Neighbours), 1))
}

// Pick chooses up to rows queries with the highest and with the lowest label
// agreement among their K nearest train images. Among the best each class appears
// at most once, or one easy class would fill them; ties go to the lower index.
// Among the worst, ties go to those whose neighbours are nearest: the most
// confident mistakes. If no image has a label, the mean cosine of the neighbours
// replaces the agreement, and among the best each neighbour appears at most once.
// Images are left to the caller: see Fill.
func Pick(n feature.Neighbours, train, test []int32, rows int) Retrieval {
	r := Retrieval{K: n.K, Labelled: slices.ContainsFunc(test, func(l int32) bool { return l >= 0 })}
	queries := make([]Query, len(test))
	for i := range queries {
		queries[i] = queryOf(n, train, test, i)
		r.Agreement += float64(queries[i].Agreement) / float64(n.K*len(test))
	}
	better := func(a, b Query) int {
		if r.Labelled {
			return cmp.Compare(b.Agreement, a.Agreement)
		}
		return cmp.Compare(b.cosine(), a.cosine())
	}
	slices.SortStableFunc(queries, func(a, b Query) int {
		if order := better(b, a); order != 0 {
			return order
		}
		return cmp.Compare(b.cosine(), a.cosine())
	})
	r.Worst = slices.Clone(queries[:min(rows, len(queries))])
	slices.SortStableFunc(queries, func(a, b Query) int {
		return cmp.Or(better(a, b), cmp.Compare(a.Index, b.Index))
	})
	r.Best = r.varied(queries, rows)
	return r
}

// varied returns the first query of each class or, without labels, those with no
// neighbour shown before: otherwise one cluster would fill all rows.
func (r Retrieval) varied(queries []Query, rows int) []Query {
	var picked []Query
	seen := map[int]bool{}
	for _, q := range queries {
		keys := []int{q.Label}
		if !r.Labelled {
			keys = nil
			for _, n := range q.Neighbours {
				keys = append(keys, n.Index)
			}
		}
		if len(picked) == rows || slices.ContainsFunc(keys, func(k int) bool { return seen[k] }) {
			continue
		}
		for _, k := range keys {
			seen[k] = true
		}
		picked = append(picked, q)
	}
	return picked
}

// queryOf returns query i with its neighbours.
func queryOf(n feature.Neighbours, train, test []int32, i int) Query {
	q := Query{Index: i, Label: int(test[i])}
	for j := i * n.K; j < (i+1)*n.K; j++ {
		label := train[n.Index[j]]
		if label == test[i] {
			q.Agreement++
		}
		near := Neighbour{Index: int(n.Index[j]), Label: int(label), Cosine: n.Cosine[j]}
		q.Neighbours = append(q.Neighbours, near)
	}
	return q
}

// Images supplies pictures to show, with their names.
type Images interface {
	Image(i int) (tensor.Image, error)
	Name(i int) string
}

// Fill loads the images of the chosen queries and of their neighbours.
func (r *Retrieval) Fill(train, test Images) error {
	for _, queries := range [][]Query{r.Best, r.Worst} {
		for i := range queries {
			q := &queries[i]
			var err error
			if q.Image, err = test.Image(q.Index); err != nil {
				return err
			}
			q.Name = test.Name(q.Index)
			for j := range q.Neighbours {
				neighbour := &q.Neighbours[j]
				if neighbour.Image, err = train.Image(neighbour.Index); err != nil {
					return err
				}
				neighbour.Name = train.Name(neighbour.Index)
			}
		}
	}
	return nil
}
