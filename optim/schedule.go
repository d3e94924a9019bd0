package optim

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

// Scale fits the paper's 300-epoch schedule to a run of the given length: drops
// ×0.2 at 250/300 and 280/300 of it, and a warm-up of 500 updates, but at most
// a tenth of all.
func Scale(lr float64, epochs, stepsPerEpoch int) Schedule {
	drop := func(at int) int { return (epochs*at + 299) / 300 }
	return Schedule{
		LR:     lr,
		Warmup: max(1, min(500, epochs*stepsPerEpoch/10)),
		Drops:  []int{drop(250), drop(280)},
		Factor: 0.2,
	}
}
