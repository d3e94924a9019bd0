package report

import (
	"cmp"
	"slices"

	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/tensor"
)

// Retrieval shows the nearest train images of some test images.
type Retrieval struct {
	K         int // neighbours shown, and counted for agreement
	Best      []Query
	Worst     []Query
	Agreement float64 // mean over all test images
}

// Query is a test image with its nearest train images, the nearest first.
type Query struct {
	Index      int // in the test split
	Image      tensor.Image
	Label      int
	Agreement  int // neighbours with the label of the query
	Neighbours []Neighbour
}

// Neighbour is a train image.
type Neighbour struct {
	Image  tensor.Image
	Label  int
	Cosine float32
}

// Pick chooses up to rows test images with the highest and with the lowest label
// agreement among their K nearest train images; of equals the lower index comes
// first. Among the best each class comes at most once, or one easy class would
// fill them. Images are left to the caller: see Fill.
func Pick(n eval.Neighbours, train, test []int32, rows int) Retrieval {
	queries := make([]Query, len(test))
	r := Retrieval{K: n.K}
	for i := range queries {
		q := Query{Index: i, Label: int(test[i])}
		for j := i * n.K; j < (i+1)*n.K; j++ {
			label := train[n.Index[j]]
			if label == test[i] {
				q.Agreement++
			}
			q.Neighbours = append(q.Neighbours, Neighbour{Label: int(label), Cosine: n.Score[j]})
		}
		r.Agreement += float64(q.Agreement) / float64(n.K*len(test))
		queries[i] = q
	}
	slices.SortStableFunc(queries, func(a, b Query) int { return cmp.Compare(a.Agreement, b.Agreement) })
	r.Worst = slices.Clone(queries[:min(rows, len(queries))])
	slices.SortStableFunc(queries, func(a, b Query) int { return cmp.Compare(b.Agreement, a.Agreement) })
	seen := map[int]bool{}
	for _, q := range queries {
		if len(r.Best) < rows && !seen[q.Label] {
			seen[q.Label] = true
			r.Best = append(r.Best, q)
		}
	}
	return r
}

// Fill loads the images of the chosen queries and of their neighbours in n.
func (r *Retrieval) Fill(n eval.Neighbours, train, test func(i int) (tensor.Image, error)) error {
	for _, queries := range [][]Query{r.Best, r.Worst} {
		for i := range queries {
			q := &queries[i]
			var err error
			if q.Image, err = test(q.Index); err != nil {
				return err
			}
			for j := range q.Neighbours {
				if q.Neighbours[j].Image, err = train(int(n.Index[q.Index*n.K+j])); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
