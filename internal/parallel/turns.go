package parallel

import "context"

// Turns let as many calls do something at a time as they have room for: with room for
// one, a mutex whose queue can be left.
type Turns chan struct{}

// Wait returns nil when it is the caller's turn, which ends with Leave, or at once an error
// when ctx is done. It looks at ctx.Err once, as late as it can.
func (t Turns) Wait(ctx context.Context) error {
	select {
	case t <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := ctx.Err(); err != nil {
		t.Leave()
		return err
	}
	return nil
}

// Leave ends a turn.
func (t Turns) Leave() { <-t }
