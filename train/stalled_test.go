package train

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/amdim/amdim/tensor"
)

// Images come from a server that has stopped to answer. Whoever then stops the run has its
// checkpoint at once, though Run itself must wait for the goroutine that reads.
func TestAStopWhileAnImageIsReadWritesTheCheckpointFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		ctx, cancel := context.WithCancel(t.Context())
		answer := make(chan struct{})
		var asked atomic.Int64
		task := ownTask(t, func(i int, sound noise) (tensor.Image, error) {
			if asked.Add(1) > 12 { // three batches
				<-answer
			}
			return sound.Image(i)
		})
		ended := make(chan error)
		go func() {
			_, err := Run(ctx, task, Options{Out: dir, Threads: 2})
			ended <- err
		}()
		synctest.Wait() // until the run waits for the fourth batch
		cancel()
		synctest.Wait() // until it waits for the image alone
		if got := metaOf(t, dir).Step; got != 3 {
			t.Errorf("the checkpoint holds update %d, want 3", got)
		}
		close(answer)
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}
