package cpu

import (
	"math"
	"testing"

	"github.com/amdim/amdim/engine/enginetest"
	"github.com/amdim/amdim/internal/kernel"
	"github.com/amdim/amdim/internal/parallel"
)

// The sums that processes bring are each in units of their own: e to the largest
// score.
func TestPartitionIsThatOfAllProcesses(t *testing.T) {
	cases := []struct {
		name   string
		top, z [2]float64 // by process
		logZ   float64
	}{
		{"scores of one size", [2]float64{3, 5}, [2]float64{2, 7}, math.Log(2*math.Exp(3) + 7*math.Exp(5))},
		{"scores e to which is no number", [2]float64{-800, 900}, [2]float64{1, 3}, 900 + math.Log(3)},
		{"no negative in one process", [2]float64{math.Inf(-1), 5}, [2]float64{0, 2}, 5 + math.Log(2)},
	}
	members := enginetest.Groups(2)
	losses := make([]contrast[float32], 2)
	pool := parallel.New(2)
	defer pool.Close()
	pool.For(2, func(_, rank int) {
		n := &losses[rank]
		for _, c := range cases {
			n.rows = append(n.rows, antecedent{
				clip: kernel.NCEClip{Top: float32(c.top[rank])}, z: c.z[rank], logZ: math.Log(c.z[rank]) + c.top[rank],
			})
		}
		n.sharePartition(&exec[float32]{peers: newPeers(members[rank])})
	})
	for at, c := range cases {
		for rank, n := range losses {
			got, share := n.rows[at], math.Exp(c.top[rank]-c.logZ)
			if !(math.Abs(got.logZ-c.logZ) <= 1e-12*math.Abs(c.logZ)) || !(math.Abs(1/got.z-share) <= 1e-11*share) {
				t.Errorf("%s: process %d has log Z %v and 1/z %g, want %v and %g",
					c.name, rank, got.logZ, 1/got.z, c.logZ, share)
			}
		}
	}
}
