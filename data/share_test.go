package data

import (
	"slices"
	"sync"
	"testing"

	"github.com/amdim/amdim/tensor"
)

// counted notes which images are read.
type counted struct {
	*Shapes
	mu   sync.Mutex
	read map[int]int
}

func (c *counted) Image(i int) (tensor.Image, error) {
	c.mu.Lock()
	c.read[i]++
	c.mu.Unlock()
	return c.Shapes.Image(i)
}

// The shares of a batch, one behind the other, are the batch, also when they begin
// in the middle; who makes a share reads its images alone.
func TestSharesTogetherAreTheBatch(t *testing.T) {
	at := Cursor{0, 1}
	whole := load(t, shapes(t, 21, Train), LoaderConfig{Seed: 3, Start: at})
	for _, of := range []int{2, 4} {
		parts, sets := make([]*Loader, of), make([]*counted, of)
		for rank := range parts {
			sets[rank] = &counted{Shapes: shapes(t, 21, Train), read: map[int]int{}}
			c := LoaderConfig{Seed: 3, Start: at, Share: Share{rank, of}, Ahead: 1, Workers: 2}
			parts[rank] = load(t, sets[rank], c)
		}
		for range 3 {
			b, err := whole.Next()
			if err != nil {
				t.Fatal(err)
			}
			at = b.next
			rows := 8 / of
			for rank, l := range parts {
				part, err := l.Next()
				if err != nil {
					t.Fatal(err)
				}
				lo, hi := rank*rows, (rank+1)*rows
				if part.Cursor != b.Cursor || !slices.Equal(part.Indices, b.Indices[lo:hi]) {
					t.Errorf("share %d of %d holds %v, want rows %d to %d of %v",
						rank, of, part.Indices, lo, hi-1, b.Indices)
				}
				for row := range rows {
					for v := range 2 {
						if !slices.Equal(part.view(v, row), b.view(v, lo+row)) {
							t.Errorf("share %d of %d: view %d of row %d is another", rank, of, v, row)
						}
						if part.Labels.I32[v*rows+row] != b.Labels.I32[v*8+lo+row] {
							t.Errorf("share %d of %d: label of row %d is another", rank, of, row)
						}
					}
				}
				part.Release()
			}
			b.Release()
		}
		for rank, l := range parts {
			l.Close()
			n := 0
			for _, times := range sets[rank].read {
				n += times
			}
			if most := (3 + 2) * 8 / of; n > most { // those used and at most two made ahead
				t.Errorf("share %d of %d: %d images read, want at most %d", rank, of, n, most)
			}
		}
	}
}

// What takes the place of an unreadable image is the same in a share.
func TestSharesReplaceUnreadableImagesAlike(t *testing.T) {
	set := broken{shapes(t, 16, Train), 5}
	pass := func(int, error) error { return nil }
	met := 0
	for rank := range 2 {
		l := load(t, set, LoaderConfig{Seed: 1, Unreadable: pass, Share: Share{rank, 2}})
		for range 2 {
			part, err := l.Next()
			if err != nil {
				t.Fatal(err)
			}
			for row, i := range part.Indices {
				if i != 5 {
					continue
				}
				met++
				want := slices.Clone(set.Shapes.image(6).Pix)
				want[0], want[1] = 0, uint8(part.Epoch)
				if !slices.Equal(part.view(0, row), want) {
					t.Errorf("share %d: image 6 is not in the place of image 5", rank)
				}
			}
			part.Release()
		}
	}
	if met != 1 { // an epoch is two batches
		t.Errorf("image 5 came %d times in an epoch", met)
	}
}

func TestBatchThatDoesNotDivideIsRefused(t *testing.T) {
	c := LoaderConfig{Batch: 8, Size: 32, Views: 2, Share: Share{0, 3}}
	if l, err := NewLoader(t.Context(), shapes(t, 21, Train), c, stamp); err == nil {
		l.Close()
		t.Error("no error")
	}
}
