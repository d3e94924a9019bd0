package health

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/amdim/amdim/train"
)

// Of all complete windows that end with a record, which the definition takes anew for each.
func TestTheBestWindowIsTheOneOfLowestLoss(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 0))
		h := &history{Facts: Facts{Batch: 8 << r.IntN(5)}}
		for step := 0; len(h.records) < 1+int(seed); {
			n := 1 + r.IntN(60)
			step += n
			h.records = append(h.records, train.Record{Step: step, Mean: n, Loss: 10 + r.NormFloat64()})
		}
		want, updates := h.window(1), 0
		loss := math.Inf(1)
		for i, record := range h.records {
			updates += record.Mean
			if w := h.window(i + 1); updates >= h.length() && w.loss < loss-1e-12 { // sums are in another order
				want, loss = w, w.loss
			}
		}
		got := h.lowest()
		if got.step != want.step || got.loss != want.loss {
			t.Fatalf("seed %d, windows of %d updates: the best ends at %d with %g, want %d with %g",
				seed, h.length(), got.step, got.loss, want.step, want.loss)
		}
	}
}
