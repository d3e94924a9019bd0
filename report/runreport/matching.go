package runreport

import (
	"context"
	"slices"

	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/feature"
	"github.com/amdim/amdim/report"
	"github.com/amdim/amdim/tensor"
)

// neighbours are the neighbours of the queries of a page.
type neighbours struct{ feature.Neighbours }

// first are the k nearest.
func (n neighbours) first(k int) feature.Neighbours {
	if k >= n.K {
		return n.Neighbours
	}
	f := feature.Neighbours{K: k}
	for i := 0; i < len(n.Index); i += n.K {
		f.Index = append(f.Index, n.Index[i:i+k]...)
		f.Cosine = append(f.Cosine, n.Cosine[i:i+k]...)
	}
	return f
}

// findNeighbours encodes the images and looks for the nearest.
func (g *gallery) findNeighbours(ctx context.Context) (neighbours, error) {
	if err := g.encoder.Refresh(ctx, g.train.plain, refreshBy(g.train.Len())); err != nil {
		return neighbours{}, err
	}
	var s eval.Split
	var err error
	if s.Train, err = g.encoder.Encode(ctx, g.train.plain); err != nil {
		return neighbours{}, err
	}
	if s.Test, err = g.encoder.Encode(ctx, g.test.plain); err != nil {
		return neighbours{}, err
	}
	feature.Standardize(s.Train, s.Test)
	if !g.queriesFromTrain {
		n, err := feature.Nearest(ctx, s.Train, s.Test, min(votes, g.train.Len()))
		return neighbours{n}, err
	}
	n, err := feature.Nearest(ctx, s.Train, s.Test, min(shownNeighbours+1, g.train.Len()))
	if err != nil {
		return neighbours{}, err
	}
	return neighbours{withoutSelf(n, g.queries)}, nil
}

// withoutSelf leaves out of the neighbours of each query the query itself, whose
// index is in selves, or, where copies of it came before, the last one.
func withoutSelf(n feature.Neighbours, selves []int) feature.Neighbours {
	others := feature.Neighbours{K: n.K - 1}
	for q, selfIndex := range selves {
		index, score := n.Index[q*n.K:(q+1)*n.K], n.Cosine[q*n.K:(q+1)*n.K]
		self := slices.Index(index, int32(selfIndex))
		if self < 0 {
			self = n.K - 1
		}
		others.Index = slices.Concat(others.Index, index[:self], index[self+1:])
		others.Cosine = slices.Concat(others.Cosine, score[:self], score[self+1:])
	}
	return others
}

const mostViews = 100 // among which a query's own view is looked for

// matching makes the maps of some queries.
func (g *gallery) matching(n neighbours, classes []string) (report.Matching, error) {
	queries, rule := g.matchQueries(len(classes))
	m := report.Matching{Rule: rule}
	if len(queries) < 2 {
		return m, nil
	}
	var err error
	if m.Rows, err = g.matchRows(n, queries, classes); err != nil {
		return m, err
	}
	m.Among = min(mostViews, g.test.Len())
	m.Found, err = g.shareOfOwnViews(m.Among)
	return m, err
}

// matchQueries are the first query of some classes or, without classes, queries
// evenly spaced.
func (g *gallery) matchQueries(classes int) (queries []int, rule string) {
	if classes == 0 {
		n := min(shownQueries, g.test.Len())
		for i := range n {
			queries = append(queries, i*g.test.Len()/n)
		}
		return queries, "queries evenly spaced over the data; the other image is the query of the next row."
	}
	n := min(shownQueries, classes)
	for i := range n {
		at := slices.Index(g.labels(g.test), int32(i*classes/n))
		if at >= 0 {
			queries = append(queries, at)
		}
	}
	return queries, "the first test image of evenly spaced classes; " +
		"the other image is the query of the next row."
}

// matchRows makes the row of each query: the images first, then their maps.
func (g *gallery) matchRows(n neighbours, queries []int, classes []string) ([]report.MatchRow, error) {
	const perRow = 4 // query, own view, neighbour, other
	rows := make([]report.MatchRow, len(queries))
	var images []tensor.Image
	class := func(s imageSet, i int) string {
		if l := s.Label(i); l >= 0 && l < len(classes) {
			return classes[l]
		}
		return ""
	}
	for i, q := range queries {
		view, err := g.test.view(q, g.run.Settings.Train.Seed)
		if err != nil {
			return nil, err
		}
		nearest := int(n.Index[q*n.K])
		neighbour, err := g.train.Image(nearest)
		if err != nil {
			return nil, err
		}
		next := queries[(i+1)%len(queries)]
		other, err := g.test.Image(next)
		if err != nil {
			return nil, err
		}
		images = append(images, view.Image, view.Second, neighbour, other)
		rows[i] = report.MatchRow{Query: view.Image, Name: class(g.test, q), Targets: []report.MatchTarget{
			{Image: view.Second, Kind: "own view"},
			{Image: neighbour, Kind: "neighbour", Name: class(g.train, nearest)},
			{Image: other, Kind: "other image", Name: class(g.test, next)},
		}}
	}
	parts, err := g.matcher.Parts(images)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		for j := range rows[i].Targets {
			rows[i].Targets[j].Scores = parts.Map(i*perRow, i*perRow+1+j)
		}
	}
	return rows, nil
}

// shareOfOwnViews is the share of n queries whose own view has the highest mean score
// among the views of all n.
func (g *gallery) shareOfOwnViews(n int) (float64, error) {
	plain, views := make([]tensor.Image, n), make([]tensor.Image, n)
	for i := range n {
		v, err := g.test.view(i*g.test.Len()/n, g.run.Settings.Train.Seed)
		if err != nil {
			return 0, err
		}
		plain[i], views[i] = v.Image, v.Second
	}
	parts, err := g.matcher.Parts(slices.Concat(plain, views))
	if err != nil {
		return 0, err
	}
	found := 0
	for i := range n {
		best, at := 0.0, -1
		for j := range n {
			mean := report.MatchTarget{Scores: parts.Map(i, n+j)}.Mean()
			if at < 0 || mean > best {
				best, at = mean, j
			}
		}
		if at == i {
			found++
		}
	}
	return float64(found) / float64(n), nil
}
