package parallel

// Queue runs functions alongside its caller, one after another in the order of
// Add. The zero value is ready. Add and Wait are for one goroutine.
type Queue struct {
	last chan struct{} // closed when the last function is done; nil: none is left
}

// Add has f run once those before it are done.
func (q *Queue) Add(f func()) {
	before, done := q.last, make(chan struct{})
	q.last = done
	go func() {
		defer close(done)
		if before != nil {
			<-before
		}
		f()
	}()
}

// Wait returns when all functions are done; the caller sees what they wrote.
func (q *Queue) Wait() {
	if q.last != nil {
		<-q.last
		q.last = nil
	}
}
