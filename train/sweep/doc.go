// Package sweep compares training runs that differ in their settings: a list of
// rows, each a change to one configuration, trained with several seeds.
//
// The one idea is that a sweep has no state of its own. Every training is a run
// folder, named by its row and seed; one that has begun is resumed, one that has
// finished is read. An interrupted sweep continues when it is started again.
//
//	rows, err := sweep.Ablations(base, "full", "no-gray")
//	for _, r := range sweep.Runs(rows, []uint64{1, 2}) {
//		… // train r.Config into r.Folder, evaluate it
//	}
//	table := sweep.NewTable(rows, results)
package sweep
