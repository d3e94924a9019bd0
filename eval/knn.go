package eval

import (
	"fmt"
	"math"
	"slices"

	"github.com/amdim/amdim/internal/kernel"
	"github.com/amdim/amdim/internal/parallel"
)

// Neighbours lists, for every query, the K nearest images of a data base by
// cosine, the nearest first; of equal ones the lower index comes first.
type Neighbours struct {
	K     int
	Index []int32   // (queries, K)
	Score []float32 // (queries, K), in [−1, 1]
}

// queryBlock rows of 512 numbers stay in L2 while the data base streams past.
const queryBlock = 64

// Nearest finds the k nearest rows of base for each row of query.
func Nearest(base, query Features, k int) (Neighbours, error) {
	if base.Dim != query.Dim || k < 1 || k > base.Len() {
		return Neighbours{}, fmt.Errorf("eval: %d neighbours among %d images of %d dimensions for vectors of %d",
			k, base.Len(), base.Dim, query.Dim)
	}
	set, err := kernel.ByName("")
	if err != nil {
		return Neighbours{}, fmt.Errorf("eval: neighbours: %w", err)
	}
	pool := parallel.New(0)
	defer pool.Close()
	s := search{product: &set.F32, base: base}
	s.pack(pool)
	return s.run(pool, query, k), nil
}

// search multiplies blocks of queries by the packed unit vectors of a data base.
type search struct {
	product *kernel.Products[float32]
	base    Features
	packed  []float32
}

// pack stores the rows of base, at length 1, as the columns of panels.
func (s *search) pack(pool *parallel.Pool) {
	const cols = kernel.PanelCols
	length := s.product.PanelLen(s.base.Dim)
	s.packed = make([]float32, s.product.PackedLen(s.base.Dim, s.base.Len()))
	pool.For(kernel.Panels(s.base.Len()), func(_, i int) {
		lo, hi := i*cols, min((i+1)*cols, s.base.Len())
		panel := s.packed[i*length : (i+1)*length]
		s.product.PackF32Transposed(panel, unit(s.base, lo, hi), s.base.Dim, hi-lo, s.base.Dim)
	})
}

func (s *search) run(pool *parallel.Pool, query Features, k int) Neighbours {
	n := Neighbours{K: k, Index: make([]int32, query.Len()*k), Score: make([]float32, query.Len()*k)}
	pool.For((query.Len()+queryBlock-1)/queryBlock, func(_, i int) {
		lo, hi := i*queryBlock, min((i+1)*queryBlock, query.Len())
		lists := make([]nearest, hi-lo)
		for j := range lists {
			at := (lo + j) * k
			lists[j] = nearest{index: n.Index[at : at : at+k], score: n.Score[at : at : at+k]}
		}
		s.block(lists, unit(query, lo, hi))
	})
	return n
}

// block fills the lists of a block of unit queries.
func (s *search) block(lists []nearest, queries []float32) {
	const cols = kernel.PanelCols
	dim, length := s.base.Dim, s.product.PanelLen(s.base.Dim)
	scores := make([]float32, len(lists)*cols)
	for p := range kernel.Panels(s.base.Len()) {
		s.product.Gemm(scores, cols, queries, dim, s.packed[p*length:(p+1)*length], len(lists), dim, false)
		for i := range lists {
			for j := range min(cols, s.base.Len()-p*cols) {
				lists[i].offer(int32(p*cols+j), scores[i*cols+j])
			}
		}
	}
	for i := range lists {
		lists[i].sort()
	}
}

// unit returns the rows lo to hi of f at length 1; a row of zeros stays.
func unit(f Features, lo, hi int) []float32 {
	u := make([]float32, 0, (hi-lo)*f.Dim)
	for i := lo; i < hi; i++ {
		sum := 0.0
		for _, x := range f.Row(i) {
			sum += float64(x) * float64(x)
		}
		scale := float32(0)
		if sum > 0 {
			scale = float32(1 / math.Sqrt(sum))
		}
		for _, x := range f.Row(i) {
			u = append(u, x*scale)
		}
	}
	return u
}

// nearest is a heap with the worst of the best at its root: lowest score first
// and, of equal scores, highest index first.
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

// offer takes a candidate in when it is better than the root. Candidates come
// in order of index, so one that equals the root is no better.
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

// Vote predicts a class for every query: the first k neighbours vote for their
// label with weight exp(score/temperature); of equal sums the lower class wins.
func (n Neighbours) Vote(labels []int32, classes, k int, temperature float64) []int32 {
	if k > n.K {
		panic(fmt.Sprintf("eval: Vote: %d of %d neighbours", k, n.K))
	}
	predicted := make([]int32, len(n.Index)/n.K)
	votes := make([]float64, classes)
	for i := range predicted {
		clear(votes)
		for j := i * n.K; j < i*n.K+k; j++ {
			votes[labels[n.Index[j]]] += math.Exp(float64(n.Score[j]) / temperature)
		}
		predicted[i] = int32(slices.Index(votes, slices.Max(votes)))
	}
	return predicted
}

// Accuracy is the share of predictions that equal the label.
func Accuracy(predicted, labels []int32) float64 {
	right := 0
	for i, p := range predicted {
		if p == labels[i] {
			right++
		}
	}
	return float64(right) / float64(len(labels))
}
