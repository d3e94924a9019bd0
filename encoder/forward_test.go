package encoder

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/cpu"
	"github.com/amdim/amdim/internal/tiny"
)

// pixels are plain images as the network sees them, uint8 (n, 32, 32, 3).
func pixels(t *testing.T, set data.Dataset) []uint8 {
	t.Helper()
	const one = 32 * 32 * 3
	c := augment.CIFAR()
	var s augment.Scratch
	all := make([]uint8, set.Len()*one)
	for i := range set.Len() {
		img, err := set.Image(i)
		if err != nil {
			t.Fatal(err)
		}
		c.Plain(all[i*one:(i+1)*one], img, &s)
	}
	return all
}

func encoderOn(t *testing.T, e engine.Engine) *Encoder {
	t.Helper()
	encoder, err := New(e, tiny.Model(), Random(7))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { encoder.Close() })
	return encoder
}

// Sizes cross the rows of a tile; the last batch of each is padded.
func TestFeaturesDependNeitherOnTheBatchNorOnThreads(t *testing.T) {
	set := tiny.Shapes(t, 32, 43, data.Test)
	images := pixels(t, set)
	for _, precision := range []string{"f32", ""} {
		var want []float32
		for _, threads := range []int{1, 3} {
			e, err := cpu.New(cpu.Config{Precision: precision, Threads: threads})
			if err != nil {
				t.Fatal(err)
			}
			defer e.Close()
			encoder := encoderOn(t, e)
			features, err := encoder.Encode(context.Background(), plain(t, set))
			if err != nil {
				t.Fatal(err)
			}
			if want == nil {
				want = features.X
			}
			if !slices.Equal(features.X, want) {
				t.Errorf("%s: %d threads give other features than 1", e.Name(), threads)
			}
			for _, size := range []int{1, 2, 5, 16, 17, 64} {
				if got := inBatches(t, encoder, images, size); !slices.Equal(got, want) {
					t.Errorf("%s, %d threads: batches of %d give other features", e.Name(), threads, size)
				}
			}
		}
	}
}

func inBatches(t *testing.T, e *Encoder, images []uint8, size int) []float32 {
	t.Helper()
	f, err := e.Forward(context.Background(), size)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var x []float32
	for batch := range slices.Chunk(images, size*32*32*3) {
		if x, err = f.Append(context.Background(), x, batch); err != nil {
			t.Fatal(err)
		}
	}
	return x
}

func TestForwardsMayRunAtOnce(t *testing.T) {
	images := pixels(t, tiny.Shapes(t, 32, 6, data.Test))
	encoder := encoderOn(t, tiny.CPU(t))
	want := inBatches(t, encoder, images, 6)
	got := make([][]float32, 4)
	var all sync.WaitGroup
	for i := range got {
		all.Go(func() { got[i] = inBatches(t, encoder, images, i+1) })
	}
	all.Wait()
	for i := range got {
		if !slices.Equal(got[i], want) {
			t.Errorf("goroutine %d has other features", i)
		}
	}
}

// The encoder is another call's all the time: a call that waited for it would never return.
func TestACallWhoseContextIsDoneLeavesTheQueueAtOnce(t *testing.T) {
	images := pixels(t, tiny.Shapes(t, 32, 2, data.Test))
	encoder := encoderOn(t, tiny.CPU(t))
	f, err := encoder.Forward(context.Background(), 2)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := encoder.turn.Wait(context.Background()); err != nil {
		t.Fatal(err)
	}
	defer encoder.turn.Leave()
	for name, call := range map[string]func(ctx context.Context) error{
		"Append":  func(ctx context.Context) error { _, err := f.Append(ctx, nil, images); return err },
		"Forward": func(ctx context.Context) error { _, err := encoder.Forward(ctx, 1); return err },
	} {
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error)
		go func() { ended <- call(ctx) }()
		runtime.Gosched() // it may wait already, or find its context done
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
