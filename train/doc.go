// Package train is the pretraining loop: batches of view pairs go through one
// program, records go to metrics.jsonl and the state to a checkpoint.
//
// The one idea is that a step is a function of (settings, seed, step): the batch,
// the views, the sampled locations, the dropout masks and the learning rate of a
// step are all drawn or computed from its number. A run that is killed anywhere
// and resumed ends in the same bytes as one that was not, and how often
// checkpoints are written changes nothing.
package train
