package survey

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/internal/rawtext"
)

// Near is an image and those that look like it without being exact copies: the
// same picture encoded again, resized, brightened or cropped by a little. It is a
// guess: a few are other pictures of the same scene, and some copies are missed.
type Near struct {
	Name   string     `json:"name"` // of the image that stays: one that is held out, or else the first
	Copies []NearCopy `json:"copies"`

	SplitsDiffer  bool `json:"splits_differ"` // as in Duplicate
	ClassesDiffer bool `json:"classes_differ"`
}

// NearCopy is an image that looks like another one.
type NearCopy struct {
	Name     string  `json:"name"`
	Distance float64 `json:"distance"` // 0, the same, to 0.25
}

// copies is what is found out about each image.
type copies struct {
	places []place
	looks  []look
	of     []int // the image that this one is a copy of; −1: it is none
	leaks  []bool
	left   []data.LeftOut
}

// findCopies sets Duplicates, Near, Overlap and Left.
func (s *Survey) findCopies(ctx context.Context, places []place, looks []look, threads int) error {
	c := &copies{places, looks, slices.Repeat([]int{-1}, len(places)), make([]bool, len(places)), nil}
	exact := same(looks)
	s.Duplicates = duplicates(places, exact)
	for _, g := range exact {
		c.addExact(g)
	}
	signatures := make([]signature, len(looks))
	for i, l := range looks {
		signatures[i] = l.sign
		if l.err != nil {
			signatures[i].flat = true
		}
		if l.err != nil && !places[i].held {
			c.leave(i, data.LeftOut{Reason: data.Damaged, Error: rawtext.InJSON(data.ReasonOf(l.err))})
		}
		if c.of[i] >= 0 {
			signatures[i].flat = true // the image that it is a copy of stands for both
		}
	}
	pool := parallel.New(threads)
	defer pool.Close()
	groups, err := connected(ctx, pool, signatures)
	if err != nil {
		return err
	}
	s.Near = []Near{}
	for _, g := range groups {
		s.Near = append(s.Near, c.addNear(g)...)
	}
	for _, g := range exact {
		c.leaveExact(g)
	}
	slices.SortFunc(s.Near, func(a, b Near) int { return cmp.Compare(a.Name, b.Name) })
	s.Overlap = c.overlap(exact)
	slices.SortFunc(c.left, func(a, b data.LeftOut) int { return cmp.Compare(a.Index, b.Index) })
	s.Left = c.left
	return nil
}

// leave notes that an image is not to be learnt from.
func (c *copies) leave(i int, why data.LeftOut) {
	p := c.places[i]
	why.Index, why.Name = p.i, rawtext.InJSON(data.Name(p.part.Set, p.i))
	if of := c.of[i]; of >= 0 {
		why.Of, why.HeldOut = rawtext.InJSON(c.places[of].name), c.places[of].held
	}
	c.left = append(c.left, why)
}

// heldFirst orders images: those that are held out stay before others.
func (c *copies) heldFirst(a, b int) int {
	switch {
	case c.places[a].held == c.places[b].held:
		return cmp.Compare(a, b)
	case c.places[a].held:
		return -1
	}
	return 1
}

// stands is the one of the same images that is compared with others, for all.
func (c *copies) stands(group []int) int { return slices.MinFunc(group, c.heldFirst) }

// addExact takes one of the same images for the one that stays, unless it is near
// another one: see leaveExact.
func (c *copies) addExact(group []int) {
	stands := c.stands(group)
	for _, i := range group {
		if i == stands {
			continue
		}
		c.of[i] = stands
		if !c.places[i].held {
			c.leaks[stands] = c.leaks[stands] || c.places[stands].held
		}
	}
}

// leaveExact leaves out the exact copies of an image after addNear. Where that one is
// left out itself, they are near duplicates of the same image as it is.
func (c *copies) leaveExact(group []int) {
	stands := c.stands(group)
	why := data.LeftOut{Reason: data.ExactCopy}
	stays := stands
	if of := c.of[stands]; of >= 0 && !c.places[stands].held {
		why = data.LeftOut{Reason: data.NearDuplicate, Distance: rounded(c.distance(stands, of))}
		stays = of
	}
	for _, i := range group {
		if i != stands && !c.places[i].held {
			c.of[i] = stays
			c.leave(i, why)
		}
	}
}

// addNear goes through images that are near each other, some only over others. One
// stays if it is held out, or near none that stays; else it is a copy of the nearest.
func (c *copies) addNear(group []int) []Near {
	slices.SortFunc(group, c.heldFirst)
	var stay []int
	found := map[int][]int{} // copies of an image that stays
	for _, i := range group {
		nearest, least := -1, nearBound
		for _, k := range stay {
			d := c.distance(i, k)
			if d < nearBound && c.places[k].held && !c.places[i].held {
				c.leaks[k] = true
			}
			if d < least {
				nearest, least = k, d
			}
		}
		if nearest < 0 || c.places[i].held {
			stay = append(stay, i)
		}
		if nearest < 0 {
			continue
		}
		c.of[i] = nearest
		found[nearest] = append(found[nearest], i)
		if !c.places[i].held {
			c.leave(i, data.LeftOut{Reason: data.NearDuplicate, Distance: rounded(least)})
		}
	}
	var all []Near
	for _, k := range stay {
		if len(found[k]) > 0 {
			all = append(all, c.near(k, found[k]))
		}
	}
	return all
}

func (c *copies) distance(i, k int) float64 { return c.looks[i].sign.distance(&c.looks[k].sign) }

// rounded keeps four decimals.
func rounded(distance float64) float64 { return math.Round(distance*1e4) / 1e4 }

func (c *copies) near(stays int, others []int) Near {
	n := Near{Name: c.places[stays].name}
	for _, i := range others {
		n.Copies = append(n.Copies, NearCopy{c.places[i].name, rounded(c.distance(i, stays))})
	}
	slices.SortFunc(n.Copies, func(a, b NearCopy) int {
		return cmp.Or(cmp.Compare(a.Distance, b.Distance), cmp.Compare(a.Name, b.Name))
	})
	n.SplitsDiffer, n.ClassesDiffer = differ(c.places, append([]int{stays}, others...))
	return n
}

// overlap counts the held-out images of which a copy is learnt from. Of exact
// copies one alone was looked at.
func (c *copies) overlap(exact [][]int) int {
	for _, g := range exact {
		leak := c.leaks[c.stands(g)]
		for _, i := range g {
			c.leaks[i] = leak && c.places[i].held
		}
	}
	n := 0
	for _, leak := range c.leaks {
		if leak {
			n++
		}
	}
	return n
}

// NearCopies is the number of images that look like another one.
func (s *Survey) NearCopies() int {
	n := 0
	for _, d := range s.Near {
		n += len(d.Copies)
	}
	return n
}
