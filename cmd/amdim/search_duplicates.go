package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/embedding"
	"github.com/amdim/amdim/internal/spelling"
)

// manyImages take a while to be compared with each other.
const manyImages = 20_000

// twins is the result of --duplicates as JSON.
type twins struct {
	Index     string      `json:"index"`
	Images    int         `json:"images"`
	Threshold float32     `json:"threshold"`
	Pairs     []twinPair  `json:"pairs"`
	Groups    []twinGroup `json:"groups"`
}

type twinPair struct {
	A      string  `json:"a"`
	B      string  `json:"b"`
	Cosine float32 `json:"cosine"`
}

type twinGroup struct {
	Images []string `json:"images"`
	Lowest float32  `json:"lowest_cosine"` // among the pairs that connect them
	Pairs  int      `json:"pairs"`
}

// fewImages is how many an index needs for its moments to mean much: of 30 frames of one
// burst 11 were found, and no pair of 2 to 4 images; of 100 images with 20 copies, 19.
const fewImages = 100

// mostTwins is the part of the images, one in so many, that a group of near-duplicates may be before
// the encoder is doubted: one that is hardly trained finds most alike, and copies make many groups.
const mostTwins = 3

// shownNames are how many images of a group the text names; JSON names all.
const shownNames = 10

func (s *search) runDuplicates(c *cobra.Command, x *embedding.Index, p *thumbnails) error {
	if n := x.Set().Len(); n > manyImages {
		fmt.Fprintf(c.ErrOrStderr(), "comparing %d images with each other\n", n)
	}
	pairs, err := x.Duplicates(c.Context(), s.threshold)
	if errors.Is(err, context.Canceled) {
		return stoppedError{"stopped: nothing was written"}
	}
	if err != nil {
		return fmt.Errorf("%w: raise --threshold", err)
	}
	groups := embedding.Groups(pairs)
	switch n := x.Set().Len(); {
	case n < fewImages:
		note(c.ErrOrStderr(), "among %s a cosine says little: amdim data check finds near copies "+
			"by their pixels", spelling.Count(n, "image"))
	case largest(groups) > n/mostTwins:
		note(c.ErrOrStderr(), "the encoder hardly tells these images apart: train longer or raise --threshold; "+
			"amdim data check finds copies by their pixels")
	}
	if p != nil {
		if err := s.sheet.draw(c, p, s.twinSheet(p, groups)); err != nil {
			return err
		}
	}
	if s.json {
		return printJSON(c.OutOrStdout(), s.twins(x.Set(), pairs, groups))
	}
	return s.printGroups(c.OutOrStdout(), x.Set(), groups)
}

func (s *search) twins(set *embedding.Set, pairs []embedding.Pair, groups []embedding.Group) twins {
	t := twins{s.index, set.Len(), s.threshold, []twinPair{}, []twinGroup{}}
	for _, p := range pairs {
		t.Pairs = append(t.Pairs, twinPair{set.Names[p.A], set.Names[p.B], p.Cosine})
	}
	for _, g := range groups {
		group := twinGroup{Lowest: g.Lowest, Pairs: g.Pairs}
		for _, i := range g.Images {
			group.Images = append(group.Images, set.Names[i])
		}
		t.Groups = append(t.Groups, group)
	}
	return t
}

func (s *search) printGroups(w io.Writer, set *embedding.Set, groups []embedding.Group) error {
	var b strings.Builder
	fmt.Fprintln(&b, s.headline(set, groups))
	for i, g := range groups {
		fmt.Fprintf(&b, "\n%s\n", groupTitle(i, g))
		for _, j := range g.Images[:min(len(g.Images), shownNames)] {
			fmt.Fprintf(&b, "  %s\n", spelling.Printable(set.Names[j]))
		}
		if more := len(g.Images) - shownNames; more > 0 {
			fmt.Fprintf(&b, "  … %s more: --json names all\n", spelling.Grouped(more))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// headline says what was found in one sentence.
func (s *search) headline(set *embedding.Set, groups []embedding.Group) string {
	if len(groups) == 0 {
		return fmt.Sprintf("no two of %d images have a cosine of %g or more", set.Len(), s.threshold)
	}
	return fmt.Sprintf("%s of near-duplicates (cosine at least %g): %d of %d images",
		spelling.Count(len(groups), "group"), s.threshold, inGroups(groups), set.Len())
}

// inGroups is how many images are in groups.
func inGroups(groups []embedding.Group) int {
	n := 0
	for _, g := range groups {
		n += len(g.Images)
	}
	return n
}

// largest is how many images are in one group at most.
func largest(groups []embedding.Group) (n int) {
	for _, g := range groups {
		n = max(n, len(g.Images))
	}
	return n
}

func groupTitle(i int, g embedding.Group) string {
	if g.Lowest == 1 {
		return fmt.Sprintf("group %d: %d images with equal vectors", i+1, len(g.Images))
	}
	return fmt.Sprintf("group %d: %d images, cosine %.4f or more", i+1, len(g.Images), g.Lowest)
}
