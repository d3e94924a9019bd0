package parallel

import (
	"context"
	"errors"
	"testing"

	"github.com/amdim/amdim/internal/looks"
)

func TestAQueueOfTurnsIsLeftWhenTheContextIsDone(t *testing.T) {
	turns := make(Turns, 1)
	if err := turns.Wait(context.Background()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- turns.Wait(ctx) }()
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("in the queue: %v", err)
	}
	turns.Leave()
	for range 50 { // both are possible: its turn and the end of the context
		if err := turns.Wait(ctx); !errors.Is(err, context.Canceled) {
			t.Fatalf("at its turn: %v", err)
		}
	}
	if err := turns.Wait(looks.After(1)); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
