package main

import (
	"os"
	"runtime/debug"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/train/plan"
)

// boundGarbage makes the collector run when garbage is a quarter of what is in
// use instead of as much: weights and activations hold no pointers, so a
// collection costs little, while garbage of decoders would double their memory.
// An epoch of 9,047 small JPEGs: 223 MiB at most instead of 268, with 3 % more
// processor time. GOGC in the environment is obeyed.
func boundGarbage() { setGarbage(plan.GarbagePercent) }

// boundGarbageOf lowers that to a tenth for training on images that are held and need no
// decoding: the little that updates allocate takes minutes to grow to it.
func boundGarbageOf(set data.Dataset) {
	if data.Held(set) {
		setGarbage(plan.HeldPercent)
	}
}

func setGarbage(percent int) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}
