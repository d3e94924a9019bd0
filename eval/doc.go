// Package eval measures what a frozen encoder has learned: a linear probe, an
// MLP probe, nearest neighbours and classifiers trained on a few labelled
// images, all on its features f1, with two baselines in the same table: raw
// pixels and the same network with random weights.
//
// The one idea is that features are computed once. The encoder (package encoder) sees plain
// images; its BatchNorm statistics are refreshed on train images first, because training
// left those of augmented ones. Its features are standardised by the moments of
// train and cached, and every probe, seed and neighbour search works on the
// cache. A hash over weights and statistics shows that nothing changed in the meantime.
//
//	settings, _, err := config.Stored(path) // of the run
//	m := settings.Model
//	train, err := encoder.NewImages(trainSet, m.Px, settings.Augment)
//	test, err := encoder.NewImages(testSet, m.Px, settings.Augment)
//	e := eval.Evaluation{Config: eval.Default(), Model: m, Weights: weights,
//		Engine: cpu, ProbeEngine: cpu, Train: train, Test: test}
//	result, features, err := e.Run(ctx)
//	result.Print(os.Stdout)
//
// A Segmentation compares the maps that package mixture makes of images, and maps made in
// other ways, with those of people.
//
// Test images are used once, after the last epoch of each probe: nothing is
// selected on them.
package eval
