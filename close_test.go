package amdim

import (
	"context"
	"errors"
	"image"
	"image/color"
	"runtime"
	"slices"
	"sync"
	"testing"
	"weak"

	"github.com/amdim/amdim/internal/parallel"
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

func TestAClosedModelHoldsNoNetwork(t *testing.T) {
	ctx, m := context.Background(), openAt(t, mixedRun(t), Options{})
	if err := m.PrepareSegment(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Embed(ctx, photo(1)); err != nil {
		t.Fatal(err)
	}
	network, compiled, segments := weak.Make(m.encoder), weak.Make(m.forwards[1]), weak.Make(m.segmenter)
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	if network.Value() != nil || compiled.Value() != nil || segments.Value() != nil {
		t.Errorf("it holds %p, %p, %p", network.Value(), compiled.Value(), segments.Value())
	}
	if m.Dim() != 16 || m.Px() != 32 || m.CheckSegment(SegmentOptions{}) != nil || m.Close() != nil {
		t.Error("what needs no network does not answer")
	}
	runtime.KeepAlive(m)
}

// broken is an image whose pixels panic.
type broken struct{ image.Image }

func (broken) At(int, int) color.Color { panic("broken") }

func TestAnImageThatPanicsLeavesNoGoroutine(t *testing.T) {
	m := open(t, Options{Threads: 3})
	ctx := context.Background()
	want, err := m.Embed(ctx, photo(1))
	if err != nil {
		t.Fatal(err)
	}
	before := runtime.NumGoroutine()
	const panics = 5
	for range panics {
		func() {
			defer func() {
				r := recover()
				if p, ok := r.(*parallel.Panic); !ok || p.Value != "broken" {
					t.Errorf("recovered %v", r)
				}
			}()
			m.Embed(ctx, photo(1), broken{photo(2)}, broken{photo(3)})
		}()
	}
	if after := runtime.NumGoroutine(); after >= before+panics { // one that ends may still be counted
		t.Errorf("%d goroutines, %d before", after, before)
	}
	if v, err := m.Embed(ctx, photo(1)); err != nil || !slices.Equal(v[0], want[0]) {
		t.Errorf("afterwards: %v, other numbers", err)
	}
}
