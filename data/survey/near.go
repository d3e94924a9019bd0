package survey

import (
	"context"
	"math/bits"
	"slices"

	"github.com/amdim/amdim/internal/disjoint"
	"github.com/amdim/amdim/internal/parallel"
)

// A hash is cut into bands, by which images are sorted. Two hashes that differ in
// at most maxDiffer bits differ in at most maxInBand in one band at least, so no
// pair is missed (Norouzi et al. 2014, "Fast Exact Search in Hamming Space with
// Multi-Index Hashing", arXiv 1307.2982, section 2). Of evenly spread hashes one pair
// in 24 is looked at: 1.28 million took 200 s on two threads of a busy machine.
const (
	bands     = 4
	bandBits  = 64 / bands
	maxDiffer = 15 // of 64 bits: below nearBound
	maxInBand = maxDiffer / bands
)

// nearby is every difference of two bands in at most maxInBand bits.
var nearby = func() []int {
	var all []int
	for v := range 1 << bandBits {
		if bits.OnesCount(uint(v)) <= maxInBand {
			all = append(all, v)
		}
	}
	return all
}()

// patience is how many pairs are looked at before the context is asked again.
const patience = 1 << 16

// pairs are told which signatures are near each other, from several goroutines at
// once and in any order.
type pairs interface {
	Joined(i, j int32) bool // nothing more is to be told of i and j
	Join(i, j int32)        // they are nearer than nearBound
}

// candidates tells found of every pair of near signatures, some twice.
func candidates(ctx context.Context, pool *parallel.Pool, s []signature, found pairs) error {
	for band := range bands {
		b := sortBand(s, band)
		pool.For(1<<bandBits, func(_, v int) {
			if b.first[v] == b.first[v+1] || ctx.Err() != nil {
				return
			}
			for _, differ := range nearby {
				if w := v ^ differ; w >= v {
					b.compare(ctx, s, v, w, found)
				}
			}
		})
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// sorted is the images in the order of one band of their hashes.
type sorted struct {
	first [1<<bandBits + 1]int32 // images of band v are first[v] to first[v+1]
	image []int32
	hash  []uint64
}

func sortBand(s []signature, band int) *sorted {
	b := &sorted{}
	value := func(i int) int { return int(uint16(s[i].hash >> (band * bandBits))) }
	n := int32(0)
	for i := range s {
		if !s[i].flat {
			b.first[value(i)+1]++
			n++
		}
	}
	for v := range 1 << bandBits {
		b.first[v+1] += b.first[v]
	}
	b.image, b.hash = make([]int32, n), make([]uint64, n)
	next := slices.Clone(b.first[:])
	for i := range s {
		if !s[i].flat {
			at := &next[value(i)]
			b.image[*at], b.hash[*at] = int32(i), s[i].hash
			*at++
		}
	}
	return b
}

// compare looks at each image of band v with each of band w, until ctx is done.
func (b *sorted) compare(ctx context.Context, s []signature, v, w int, found pairs) {
	from, to := b.first[w], b.first[w+1]
	looked := 0
	for i := b.first[v]; i < b.first[v+1]; i++ {
		if v == w {
			from = i + 1
		}
		if looked += int(to - from); looked > patience { // frames of a film: all in one band
			if ctx.Err() != nil {
				return
			}
			looked = 0
		}
		h := b.hash[i]
		for j, other := range b.hash[from:to] {
			if bits.OnesCount64(h^other) > maxDiffer {
				continue
			}
			p, q := b.image[i], b.image[from+int32(j)]
			if !found.Joined(p, q) && s[p].distance(&s[q]) < nearBound {
				found.Join(p, q)
			}
		}
	}
}

// connected returns the images that are near another one, directly or over
// others, in groups; both in order.
func connected(ctx context.Context, pool *parallel.Pool, s []signature) ([][]int, error) {
	f := disjoint.NewShared(len(s))
	if err := candidates(ctx, pool, s, f); err != nil {
		return nil, err
	}
	groups := [][]int{}
	at := map[int32]int{} // of a root in groups
	for i := range s {
		r := f.Root(int32(i))
		if int(r) == i {
			continue
		}
		k, ok := at[r]
		if !ok {
			k = len(groups)
			at[r] = k
			groups = append(groups, []int{int(r)})
		}
		groups[k] = append(groups[k], i)
	}
	return groups, nil
}
