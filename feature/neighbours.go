package feature

import (
	"context"
)

// Neighbours lists, for every query, the K nearest images of a database by
// cosine, the nearest first and ties by lower index.
type Neighbours struct {
	K      int
	Index  []int32   // (queries, K)
	Cosine []float32 // (queries, K), in [−1, 1]
}

// Nearest finds the k nearest rows of base for each row of query, on all cores.
func Nearest(ctx context.Context, base, query Features, k int) (Neighbours, error) {
	b, err := NewBase(base, Moments{}, 0)
	if err != nil {
		return Neighbours{}, err
	}
	return b.Nearest(ctx, query, k)
}

// nearest is a heap with the worst of the best at its root: lowest score first
// and, for equal scores, highest index first.
type nearest struct {
	index []int32
	score []float32
}

func (h *nearest) worse(i, j int) bool {
	if h.score[i] != h.score[j] {
		return h.score[i] < h.score[j]
	}
	return h.index[i] > h.index[j]
}

func (h *nearest) swap(i, j int) {
	h.index[i], h.index[j] = h.index[j], h.index[i]
	h.score[i], h.score[j] = h.score[j], h.score[i]
}

// offer accepts a candidate if it is better than the root. Candidates come in
// order of index, so one that equals the root is not better.
func (h *nearest) offer(index int32, score float32) {
	n := len(h.index)
	if n < cap(h.index) {
		h.index, h.score = append(h.index, index), append(h.score, score)
		for i := n; i > 0 && h.worse(i, (i-1)/2); i = (i - 1) / 2 {
			h.swap(i, (i-1)/2)
		}
		return
	}
	if score > h.score[0] {
		h.index[0], h.score[0] = index, score
		h.down(n)
	}
}

// down restores the heap of the first n after its root changed.
func (h *nearest) down(n int) {
	for i := 0; ; {
		worst := i
		for _, child := range []int{2*i + 1, 2*i + 2} {
			if child < n && h.worse(child, worst) {
				worst = child
			}
		}
		if worst == i {
			return
		}
		h.swap(i, worst)
		i = worst
	}
}

// sort turns the heap into a list with the best first.
func (h *nearest) sort() {
	for n := len(h.index) - 1; n > 0; n-- {
		h.swap(0, n)
		h.down(n)
	}
}
