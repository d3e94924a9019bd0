package amdim

import "context"

// turns let as many calls do something at a time as they have room for.
type turns chan struct{}

// wait returns when it is the caller's turn, which ends with leave, or when ctx is done.
func (t turns) wait(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t turns) leave() { <-t }
