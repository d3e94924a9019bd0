package health_test

import (
	"fmt"

	"github.com/amdim/amdim/train"
	"github.com/amdim/amdim/train/health"
)

// Of 300 updates, the last window decides.
func ExampleCheck() {
	records := []train.Record{{
		Step: 300, Mean: 100, Loss: 12.5, FeatureStd: 0.7, PairsPerSecond: 250,
		Tasks: map[string]train.TaskRecord{"1-5": {Loss: 6, Ceiling: 6.65}, "1-7": {Loss: 6.5, Ceiling: 7.33}},
	}}
	for _, f := range health.Check(records, health.Facts{Images: 4000, Batch: 32, LR: 1e-3}) {
		fmt.Println(f.Level, f)
	}
	// Output:
	// ok Learning: the loss is 12.50 nats, 10.6 % below the 13.98 of guessing
}
