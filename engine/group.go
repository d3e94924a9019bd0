package engine

// Group is this process's membership in a group of processes that train one
// model together. All call the same methods in the same order with values of the
// same lengths; a call returns when the whole group has made it. After an error
// the group is unusable: the job ends and continues from its checkpoint. Methods
// are called from one goroutine at a time.
type Group interface {
	Rank() int // of this process, in [0, Size)
	Size() int
	// Sum replaces v by its sum over the processes: the same bytes in each.
	Sum(v []float32) error
	// Gather sets out, Size·len(v), to the v of all processes in order of rank.
	Gather(out, v []float32) error
	// Exchange returns the text of every process in order of rank; texts may
	// differ in length.
	Exchange(text string) ([]string, error)
}
