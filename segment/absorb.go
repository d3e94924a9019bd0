package segment

import (
	"context"

	"github.com/amdim/amdim/internal/disjoint"
)

// Absorb returns the map without connected regions of fewer than least pixels. Each takes the
// label with which it shares the longest border, the lowest label if there are several. The
// smallest regions go first, so regions that together reach least pixels may stay. Labels keep
// their names; a map of one region is unchanged.
//
// A pixel is visited once for each absorbed region that it is part of, and each of these is at
// least twice as large as the previous one: time is pixels·log(least). When ctx is done, Absorb
// ends between two regions, with the error of ctx.
func (m Map) Absorb(ctx context.Context, least int) (Map, error) {
	a := newAbsorber(m, least)
	for n := 1; n < least && len(a.small) > 0; n++ {
		for _, r := range a.small[n] {
			if err := ctx.Err(); err != nil {
				return Map{}, err
			}
			if a.union.Root(r) == r && a.area[r] == n {
				a.absorb(r)
			}
		}
		delete(a.small, n)
	}
	out := NewMap(m.H, m.W)
	for i, r := range a.region.Label {
		out.Label[i] = a.label[a.union.Root(r)]
	}
	return out, nil
}

// absorber holds regions as sets that grow. A set is named by its root in union; its
// pixels are a list from first to last.
type absorber struct {
	m           Map
	region      Map
	union       disjoint.Sets
	area        []int
	label       []int32
	first, last []int32
	next        []int32         // the pixel after each
	small       map[int][]int32 // regions of fewer than least pixels, by area
	least       int
	border      map[int32]int // scratch: by label
}

func newAbsorber(m Map, least int) *absorber {
	region, n := m.Regions()
	a := &absorber{
		m: m, region: region, union: disjoint.New(n), area: make([]int, n), label: make([]int32, n),
		first: make([]int32, n), last: make([]int32, n), next: make([]int32, len(m.Label)),
		small: map[int][]int32{}, least: least, border: map[int32]int{},
	}
	for i, r := range region.Label {
		if a.area[r] == 0 {
			a.first[r], a.label[r] = int32(i), m.Label[i]
		} else {
			a.next[a.last[r]] = int32(i)
		}
		a.last[r] = int32(i)
		a.area[r]++
	}
	for r := range int32(n) {
		a.queue(r)
	}
	return a
}

func (a *absorber) queue(r int32) {
	if n := a.area[r]; n < a.least {
		a.small[n] = append(a.small[n], r)
	}
}

// absorb gives region r the label of its longest border, and thus joins it with all
// its neighbours of that label.
func (a *absorber) absorb(r int32) {
	clear(a.border)
	a.neighbours(r, func(s int32) { a.border[a.label[s]]++ })
	label, longest := int32(0), 0
	for l, n := range a.border {
		if n > longest || n == longest && l < label {
			label, longest = l, n
		}
	}
	if longest == 0 {
		return
	}
	var same []int32
	a.neighbours(r, func(s int32) {
		if a.label[s] == label {
			same = append(same, s)
		}
	})
	for _, s := range same {
		r = a.join(r, s)
	}
	a.label[r] = label
	a.queue(r)
}

// neighbours calls visit for each pixel edge between region r and another one.
func (a *absorber) neighbours(r int32, visit func(s int32)) {
	w := a.m.W
	look := func(i int) {
		if s := a.union.Root(a.region.Label[i]); s != r {
			visit(s)
		}
	}
	for i := int(a.first[r]); ; i = int(a.next[i]) {
		x := i % w
		if x > 0 {
			look(i - 1)
		}
		if x < w-1 {
			look(i + 1)
		}
		if i >= w {
			look(i - w)
		}
		if i+w < len(a.next) {
			look(i + w)
		}
		if i == int(a.last[r]) {
			return
		}
	}
}

func (a *absorber) join(r, s int32) int32 {
	r, s = a.union.Root(r), a.union.Root(s)
	if r == s {
		return r
	}
	root := a.union.Join(r, s)
	a.next[a.last[r]] = a.first[s]
	a.first[root], a.last[root] = a.first[r], a.last[s]
	a.area[root] = a.area[r] + a.area[s]
	return root
}
