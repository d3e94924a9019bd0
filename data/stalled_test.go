package data

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
)

// A disk or a server that does not answer must not keep its reader from stopping.
func TestNextEndsWithItsContextWhileAnImageIsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		answer := make(chan struct{})
		set := failing{shapes(t, 40, Train), func(int) error { <-answer; return nil }}
		l, err := NewLoader(ctx, set, LoaderConfig{Batch: 8, Size: 32, Views: 2, Workers: 2}, stamp)
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			synctest.Wait() // until Next and the workers wait
			cancel()
		}()
		if _, err := l.Next(); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		close(answer)
		l.Close()
	})
}
