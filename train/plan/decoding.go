package plan

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/amdim/amdim/data"
)

// decoding is how many bytes it takes to read images.
type decoding struct {
	largest []int64 // at once for each of the files of most bytes, one a thread; most first; nil: no files
	others  int64   // likewise for an image of the sample that is none of these: the most
	piece   int64   // of any of these, the largest array
}

// decoding reads the files of most bytes too: a sample misses what is rare, and then all
// threads but a few read smaller images. Their time is not that of the images, most of
// which take less, and after some seconds no more are read. took is that of each image
// of the sample; what it says is not read again.
func (t Task) decoding(ctx context.Context, took map[int]data.Cost, seconds float64) (decoding, error) {
	var d decoding
	began := time.Now()
	for k, i := range t.largest() {
		cost, known := took[i]
		if !known {
			if err := ctx.Err(); err != nil {
				return d, err
			}
			if k > 0 && since(began) >= seconds { // the others have fewer bytes than the last
				d.others = d.largest[k-1]
				break
			}
			r, err := t.read(i)
			if err != nil {
				return d, err
			}
			cost = r.cost
		}
		delete(took, i)
		d.largest = append(d.largest, cost.Peak)
		d.piece = max(d.piece, cost.Piece)
	}
	for _, cost := range took {
		d.others, d.piece = max(d.others, cost.Peak), max(d.piece, cost.Piece)
	}
	slices.SortFunc(d.largest, func(a, b int64) int { return cmp.Compare(b, a) })
	return d, ctx.Err()
}

// largest lists the files of most bytes, the largest first: one for each thread. nil: images
// are not files.
func (t Task) largest() []int {
	var files []int
	sizes := make([]int64, t.Data.Len())
	for i := range sizes {
		if sizes[i] = data.Size(t.Data, i); sizes[i] > 0 {
			files = append(files, i)
		}
	}
	slices.SortStableFunc(files, func(a, b int) int { return cmp.Compare(sizes[b], sizes[a]) })
	return files[:min(len(files), t.Threads)]
}

// image is how much is in use at once for the image of most bytes after i others.
func (d decoding) image(i int) int64 {
	if i < len(d.largest) {
		return max(d.largest[i], d.others)
	}
	return d.others
}

// atOnce is how much n threads take, which read different images. The largest array once
// more is garbage: a collection begins only after the allocation that goes beyond the
// collector's share.
func (d decoding) atOnce(n int) int64 {
	sum := d.piece
	for i := range n {
		sum += d.image(i)
	}
	return sum
}
