// Package survey looks at every image of a data set before anything is learnt
// from it: how many there are, of which classes, formats and sizes, which files
// cannot be read, and which are copies of others: exact copies, and near copies
// that were re-encoded, resized or slightly cropped.
//
// The one idea is that a survey states facts and judges nothing: it is one value,
// the same whatever the number of threads, which the command prints as text or
// JSON.
//
//	all, err := data.Open("folder:photos", data.Pretrain, data.Options{})
//	s, err := survey.Take(ctx, []survey.Part{{Name: "train", Set: all}}, survey.Config{})
//	fmt.Println(s.Readable, s.Unreadable)
package survey
