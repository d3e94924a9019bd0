package amdim

import (
	"context"
	"errors"
	"sync"
	"testing"
)

// A call of a call under way would wait for Close, and Close for it.
func TestCallsBesideAWaitingCloseAreRefusedAtOnce(t *testing.T) {
	var m *Model
	var closing sync.WaitGroup
	var once sync.Once
	m = open(t, Options{Progress: func(int, int) {
		once.Do(func() {
			closing.Go(func() { m.Close() })
			for err := error(nil); !errors.Is(err, ErrClosed); { // until Close waits
				if _, err = m.Embed(context.Background(), photo(1)); err != nil && !errors.Is(err, ErrClosed) {
					t.Error(err)
					return
				}
			}
		})
	}})
	set, _, err := m.EmbedFolder(context.Background(), photos(t, 5))
	if err != nil || set.Len() != 5 {
		t.Errorf("the call under way: %v", err)
	}
	closing.Wait()
	if err := m.Close(); err != nil {
		t.Error(err)
	}
}
