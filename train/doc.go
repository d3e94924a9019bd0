// Package train pretrains an encoder: it is the loop from images to a trained network.
//
// A [Task] says what is computed: its images, network, augmentation, settings of training, engine
// and first weights decide the numbers. [Options] say how the run is kept and watched: its folder,
// when it stops, whether it resumes, which callbacks it makes. Of these only a Group affects the
// numbers, by rounding. [Run] does the work and returns a [Result].
//
//	task := c.Task("folder:photos") // c is a config.Config, such as a preset
//	task.Data, task.Engine = images, e
//	o := train.Options{Out: "runs/photos", Resume: train.Begun("runs/photos")}
//	result, err := train.Run(ctx, task, o)
//
// An update takes a batch of images, makes two augmented views of each, runs the program of the
// training step on the engine, and changes the weights. An epoch is one pass over the images.
//
// # The run folder
//
// Out is the run folder: all that a run leaves is in it. checkpoint.safetensors is its last state:
// weights, BatchNorm's statistics, Adam's moments and the place in the data. metrics.jsonl has a
// [Record] every few updates: losses, accuracies of online probes, speed. config.json holds the
// settings, and unreadable.jsonl the images that could not be read. Other packages add to it what
// belongs to the run, such as eval.json; functions such as [EvalPath] name these files. Only one
// process at a time trains in a folder ([Hold]).
//
// # Stopping and resuming
//
// A run that is stopped (by its context, a limit of Options, or a kill) continues with
// Options.Resume. The one idea is that an update is a function of settings, seed and its number
// alone: the batch, the views, the sampled locations, the dropout masks and the learning rate are
// all drawn or computed from that number. A run that is killed anywhere and resumed ends in the
// same bytes as one that was not, and how often checkpoints are written changes nothing. [Run]
// refuses to resume with other images or settings, except the schedule.
//
// # Several processes
//
// With Options.Group several processes, on one or several hosts, train as one run. Each of them
// calls Run with the same Task and computes its share of every batch, and the result is that of
// the whole batch. The first process (rank 0) writes the folder.
package train
