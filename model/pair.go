package model

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Pair is one contrastive task: the feature of scale From in one view predicts
// the features of scale To in the other. A scale is the side d of a d×d feature
// map. PAPER 1.4. In JSON and in output names it is written "1-5".
type Pair struct{ From, To int }

// DefaultPairs are the paper's tasks: 1→5, 1→7, 5→5.
func DefaultPairs() []Pair { return []Pair{{1, 5}, {1, 7}, {5, 5}} }

var scales = []int{1, 5, 7}

// Negatives is the number of negatives for one positive in a batch of images:
// every location of every other image.
func (p Pair) Negatives(images int) int { return (images - 1) * p.To * p.To }

func (p Pair) String() string { return fmt.Sprintf("%d-%d", p.From, p.To) }

// Arrow writes the name of a pair for people: "1→5".
func Arrow(pair string) string { return strings.Replace(pair, "-", "→", 1) }

// MarshalText writes the pair as "1-5".
func (p Pair) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads "1-5"; Config.Validate checks the scales.
func (p *Pair) UnmarshalText(text []byte) error {
	from, to, _ := strings.Cut(string(text), "-")
	f, errFrom := strconv.Atoi(from)
	t, errTo := strconv.Atoi(to)
	if errFrom != nil || errTo != nil {
		return fmt.Errorf("model: pair %q: need two scales such as 1-5", text)
	}
	*p = Pair{f, t}
	return nil
}

func (p Pair) validate() error {
	if !slices.Contains(scales, p.From) || !slices.Contains(scales, p.To) {
		return fmt.Errorf("model: pair %v: scales are 1, 5 and 7", p)
	}
	return nil
}
