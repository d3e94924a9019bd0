package data

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/amdim/amdim/tensor"
)

// stamp fills view v with v in the first byte, the epoch in the second, and the
// image behind them.
func stamp() Fill {
	return func(img tensor.Image, epoch, index int, views [][]uint8) {
		for v, dst := range views {
			copy(dst, img.Pix)
			dst[0], dst[1] = uint8(v), uint8(epoch)
		}
	}
}

// print names a batch and all that it holds.
func print(b *Batch) string {
	h := sha256.New()
	h.Write(b.Views.U8)
	fmt.Fprint(h, b.Labels.I32)
	return fmt.Sprintf("%d/%d %v %x", b.Epoch, b.Step, b.Indices, h.Sum(nil)[:8])
}

// take returns the prints of the next n batches.
func take(t *testing.T, l *Loader, n int) []string {
	t.Helper()
	var prints []string
	for range n {
		b, err := l.Next()
		if err != nil {
			t.Fatal(err)
		}
		prints = append(prints, print(b))
		b.Release()
	}
	return prints
}

func load(t *testing.T, set Dataset, c LoaderConfig) *Loader {
	t.Helper()
	c.Batch, c.Size, c.Views = 8, 32, 2
	l, err := NewLoader(t.Context(), set, c, stamp)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

func TestBatchHoldsBothViewsOfItsImages(t *testing.T) {
	set := shapes(t, 21, Train)
	l := load(t, set, LoaderConfig{Seed: 3})
	if got := l.StepsPerEpoch(); got != 2 {
		t.Fatalf("%d steps in an epoch of 21 images by 8, want 2", got)
	}
	seen := map[int]int{}
	for step := range 4 {
		b, err := l.Next()
		if err != nil {
			t.Fatal(err)
		}
		if want := (Cursor{step / 2, step % 2}); b.Cursor != want {
			t.Errorf("batch %d is at %v, want %v", step, b.Cursor, want)
		}
		for row, i := range b.Indices {
			seen[i]++
			want := slices.Clone(set.image(i).Pix)
			for v := range 2 {
				want[0], want[1] = uint8(v), uint8(b.Epoch)
				if !slices.Equal(b.Views.U8[(v*8+row)*32*32*3:][:32*32*3], want) {
					t.Errorf("view %d of row %d is not that of image %d", v, row, i)
				}
				if got := b.Labels.I32[v*8+row]; int(got) != set.Label(i) {
					t.Errorf("view %d of row %d has label %d, want %d", v, row, got, set.Label(i))
				}
			}
		}
		b.Release()
	}
	for i, n := range seen {
		if n > 2 {
			t.Errorf("image %d came %d times in 2 epochs", i, n)
		}
	}
}

func TestBatchesDoNotDependOnWorkersOrDepth(t *testing.T) {
	set := shapes(t, 50, Train)
	want := take(t, load(t, set, LoaderConfig{Seed: 1, Workers: 1, Ahead: 1}), 20)
	for _, workers := range []int{2, 7} {
		got := take(t, load(t, set, LoaderConfig{Seed: 1, Workers: workers, Ahead: workers}), 20)
		if !slices.Equal(got, want) {
			t.Errorf("%d workers: %v, want %v", workers, got, want)
		}
	}
	if got := take(t, load(t, set, LoaderConfig{Seed: 2}), 20); slices.Equal(got, want) {
		t.Error("seeds 1 and 2 give the same batches")
	}
}

func TestLoaderContinuesFromItsCursor(t *testing.T) {
	set := shapes(t, 30, Train)
	whole := load(t, set, LoaderConfig{Seed: 1})
	var want []string
	for done := range 10 {
		at := Cursor{done / whole.StepsPerEpoch(), done % whole.StepsPerEpoch()}
		want = append(want, take(t, whole, 1)...)
		resumed := load(t, set, LoaderConfig{Seed: 1, Start: at})
		got := take(t, resumed, 3)
		resumed.Close()
		if got[0] != want[done] {
			t.Errorf("from %v: %s, want %s", at, got[0], want[done])
		}
	}
	later := load(t, set, LoaderConfig{Seed: 1, Start: Cursor{1, 1}})
	if got := take(t, later, 6); !slices.Equal(got, want[4:]) {
		t.Errorf("from epoch 1, step 1: %v, want %v", got, want[4:])
	}
}

func TestReadyIsNextWithoutWaiting(t *testing.T) {
	set := shapes(t, 30, Train)
	want := take(t, load(t, set, LoaderConfig{Seed: 1}), 6)
	l := load(t, set, LoaderConfig{Seed: 1})
	var got []string
	for i := range want {
		b := l.Ready()
		for ; b == nil && i%2 == 0; b = l.Ready() {
			runtime.Gosched()
		}
		if b == nil {
			got = append(got, take(t, l, 1)...)
			continue
		}
		got = append(got, print(b))
		b.Release()
	}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	l.Close()
	for b := l.Ready(); b != nil; b = l.Ready() { // made before the end
		b.Release()
	}
	if _, err := l.Next(); err == nil {
		t.Error("a closed loader has a next batch")
	}
}

func TestLoaderRefusesWhatCannotBe(t *testing.T) {
	set := shapes(t, 30, Train)
	for want, c := range map[string]LoaderConfig{
		"data: 30 images, a batch has 31": {Batch: 31, Size: 32, Views: 2},
		"no batch 3 in epoch 0":           {Batch: 8, Size: 32, Views: 2, Start: Cursor{0, 3}},
		"no batch 0 in epoch -1":          {Batch: 8, Size: 32, Views: 2, Start: Cursor{-1, 0}},
		"data: loader: batch = 0":         {Size: 32, Views: 2},
		"data: loader: size = -1":         {Batch: 8, Size: -1, Views: 2},
		"data: loader: views = 0":         {Batch: 8, Size: 32},
		"workers: threads = -1":           {Batch: 8, Size: 32, Views: 2, Workers: -1},
		"data: loader: ahead = -1":        {Batch: 8, Size: 32, Views: 2, Ahead: -1},
		"data: loader: share 2 of 2":      {Batch: 8, Size: 32, Views: 2, Share: Share{2, 2}},
		"data: loader: share -1 of 2":     {Batch: 8, Size: 32, Views: 2, Share: Share{-1, 2}},
	} {
		l, err := NewLoader(t.Context(), set, c, stamp)
		if err == nil {
			l.Close()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	defer func() {
		if value := recover(); value != "data: loader: batch = 0, need at least 1" {
			t.Errorf("a pass in batches of nothing: %v", value)
		}
	}()
	NewPass(t.Context(), set, LoaderConfig{Size: 32, Views: 1}, stamp)
}

func TestPassVisitsAllImagesOnceAndPads(t *testing.T) {
	set := shapes(t, 21, Test)
	l := NewPass(t.Context(), set, LoaderConfig{Batch: 8, Size: 32, Views: 1, Ahead: 1}, stamp)
	defer l.Close()
	var seen []int
	for step := range l.StepsPerEpoch() {
		b, err := l.Next()
		if err != nil {
			t.Fatal(err)
		}
		seen = append(seen, b.Indices...)
		if want := min(8, 21-8*step); len(b.Indices) != want {
			t.Errorf("batch %d has %d images, want %d", step, len(b.Indices), want)
		}
		for row := len(b.Indices); row < 8; row++ {
			if b.Labels.I32[row] != -1 || slices.Max(b.view(0, row)) != 0 {
				t.Errorf("row %d beyond the images has label %d or is not black", row, b.Labels.I32[row])
			}
		}
		b.Release()
	}
	for range 2 {
		if _, err := l.Next(); err != io.EOF {
			t.Errorf("behind the last batch: %v, want io.EOF", err)
		}
	}
	if len(seen) != 21 || !slices.IsSorted(seen) {
		t.Errorf("visited %v, want 0 to 20 in order", seen)
	}
}

// broken cannot read one of its images.
type broken struct {
	*Shapes
	image int
}

var errBroken = errors.New("photo.jpg: not a JPEG")

func (b broken) Image(i int) (tensor.Image, error) {
	if i == b.image {
		return tensor.Image{}, &UnreadableError{"photo.jpg", errBroken}
	}
	return b.Shapes.Image(i)
}

func TestErrorOfAnImageComesInPlaceOfItsBatch(t *testing.T) {
	set := broken{shapes(t, 40, Test), 17}
	l := NewPass(t.Context(), set, LoaderConfig{Batch: 8, Size: 32, Views: 1}, stamp)
	defer l.Close()
	take(t, l, 2)
	for range 2 {
		if _, err := l.Next(); !errors.Is(err, errBroken) {
			t.Errorf("third batch: %v, want %v", err, errBroken)
		}
	}
}

func TestLoaderStopsAndLeavesNoGoroutine(t *testing.T) {
	set := shapes(t, 40, Train)
	before := runtime.NumGoroutine()
	for _, batches := range []int{0, 1, 5} {
		for _, byContext := range []bool{false, true} {
			ctx, cancel := context.WithCancel(t.Context())
			l, err := NewLoader(ctx, set, LoaderConfig{Batch: 8, Size: 32, Views: 2, Workers: 4}, stamp)
			if err != nil {
				t.Fatal(err)
			}
			take(t, l, batches)
			if byContext {
				cancel()
				if _, err := l.Next(); !errors.Is(err, context.Canceled) {
					t.Errorf("Next after cancel: %v", err)
				}
			}
			l.Close()
			l.Close()
			if _, err := l.Next(); !errors.Is(err, context.Canceled) {
				t.Errorf("Next after Close: %v", err)
			}
			cancel()
		}
	}
	for range 1_000_000 { // a goroutine that was waited for may still be on its way out
		if runtime.NumGoroutine() <= before {
			return
		}
		runtime.Gosched()
	}
	t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
}

func TestBatchesAreReused(t *testing.T) {
	l := load(t, shapes(t, 40, Train), LoaderConfig{Ahead: 2})
	memory := map[*uint8]bool{}
	for range 20 {
		b, err := l.Next()
		if err != nil {
			t.Fatal(err)
		}
		memory[&b.Views.U8[0]] = true
		b.Release()
	}
	if len(memory) > 3 {
		t.Errorf("%d batches in use, want at most 3", len(memory))
	}
}

func TestReleaseTwicePanics(t *testing.T) {
	l := load(t, shapes(t, 40, Train), LoaderConfig{})
	b, err := l.Next()
	if err != nil {
		t.Fatal(err)
	}
	l.Close() // a running loader might fill b again in between
	b.Release()
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	b.Release()
}

func TestWaitShare(t *testing.T) {
	l := &Loader{since: time.Now().Add(-time.Hour), waited: 15 * time.Minute}
	if got := l.WaitShare(); !(0.24 <= got && got <= 0.25) {
		t.Errorf("15 minutes of an hour: %g", got)
	}
	if l.waited != 0 {
		t.Error("the next share would count this wait again")
	}
}

// BenchmarkLoader is the loader alone: the views are plain copies.
func BenchmarkLoader(b *testing.B) {
	set := shapes(b, 2048, Train)
	l, err := NewLoader(b.Context(), set, LoaderConfig{Batch: 128, Size: 32, Views: 2}, stamp)
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	for b.Loop() {
		batch, err := l.Next()
		if err != nil {
			b.Fatal(err)
		}
		batch.Release()
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "batches/s")
}
