package optim

import "math"

// Schedule is a learning rate: linear warm-up, then drops at epochs.
type Schedule struct {
	LR     float64 `json:"lr"`
	Warmup int     `json:"warmup"` // updates of linear warm-up: LR·(step+1)/Warmup
	Drops  []int   `json:"drops"`  // epochs, counted from 0, from which the rate is Factor lower
	Factor float64 `json:"factor"`
}

// At is the learning rate of an update: step and epoch count from 0.
//
// A drop at 250 lowers epochs 250, 251, …; the authors' code steps its
// scheduler after the epoch and so lowers from 251 (PAPER section 5).
func (s Schedule) At(step, epoch int) float64 {
	lr := s.LR
	if step < s.Warmup {
		lr *= float64(step+1) / float64(s.Warmup)
	}
	for _, d := range s.Drops {
		if epoch >= d {
			lr *= s.Factor
		}
	}
	return lr
}

// Shares are where the rate drops: how much of a run lies before each drop. The zero
// value is CIFARShares.
type Shares [2]float64

// The paper's drops, at epochs 250 and 280 of 300 and at 30 and 45 of 50 (PAPER
// section 5); those of its 150 epochs, at 90 and 135, are the same shares.
var (
	CIFARShares    = Shares{250. / 300, 280. / 300}
	ImageNetShares = Shares{30. / 50, 45. / 50}
)

// Scale fits the paper's schedule to a run of the given length: drops ×0.2 at the
// shares, rounded up to epochs, and a warm-up of 500 updates, but at most a tenth of
// all.
func Scale(lr float64, epochs, stepsPerEpoch int, at Shares) Schedule {
	if at == (Shares{}) {
		at = CIFARShares
	}
	const rounding = 1e-9 // a share of a whole number of epochs is none of the next
	drop := func(share float64) int { return int(math.Ceil(float64(epochs)*share - rounding)) }
	return Schedule{
		LR:     lr,
		Warmup: max(1, min(500, epochs*stepsPerEpoch/10)),
		Drops:  []int{drop(at[0]), drop(at[1])},
		Factor: 0.2,
	}
}
