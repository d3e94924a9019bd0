package eval

import (
	"fmt"
	"math"

	"github.com/amdim/amdim/feature"
)

// Vote ranks the classes of every query: its first k neighbours, whose labels are given by
// their index, vote for theirs with weight exp(score/temperature), relative to the nearest
// one's so that no temperature is too low; ties go to the lower class. A class that no
// neighbour has is not an answer.
func Vote(n feature.Neighbours, labels []int32, classes, k int, temperature float64) Ranking {
	if k > n.K {
		panic(fmt.Sprintf("eval: Vote: %d of %d neighbours", k, n.K))
	}
	depth := depthOf(classes)
	r := Ranking{Depth: depth}
	votes := make([]float64, classes)
	for i := 0; i < len(n.Index); i += n.K {
		clear(votes)
		for j := i; j < i+k; j++ {
			weight := math.Exp((float64(n.Cosine[j]) - float64(n.Cosine[i])) / temperature)
			votes[labels[n.Index[j]]] += max(weight, math.SmallestNonzeroFloat64)
		}
		r.Classes = appendRanked(r.Classes, votes, depth)
		ranked := r.Classes[len(r.Classes)-depth:]
		for j := 1; j < depth; j++ {
			if votes[ranked[j]] == 0 {
				ranked[j] = -1
			}
		}
	}
	return r
}
