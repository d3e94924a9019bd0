package survey

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/internal/parallel"
)

// SmallSide is the shorter side, in pixels, below which an image counts as small:
// the 64 px encoders enlarge it.
const SmallSide = 64

// Part is one split under the name that people know it by.
type Part struct {
	Name string
	Set  data.Dataset
}

// Config says how a survey is taken. The zero value uses every processor.
type Config struct {
	Threads  int                   // 0: GOMAXPROCS
	Progress func(done, total int) // called from one goroutine at a time; may be nil
}

// Survey is what was found. An image that several parts hold, known by its file,
// counts once.
type Survey struct {
	Images      int          `json:"images"`
	Readable    int          `json:"readable"`
	Bytes       int64        `json:"bytes"` // of the files; 0 where images are not files
	Files       bool         `json:"files"` // images are files of a folder
	Splits      []Split      `json:"splits"`
	Classes     []Class      `json:"classes,omitempty"` // in the order of labels
	Unlabelled  int          `json:"unlabelled"`
	Formats     []Format     `json:"formats,omitempty"` // most frequent first
	Width       Range        `json:"width"`             // of the readable images, in pixels
	Height      Range        `json:"height"`
	ShorterSide Range        `json:"shorter_side"`
	Small       int          `json:"small"`      // shorter side below SmallSide
	Grey        int          `json:"grey"`       // every pixel has red = green = blue
	Unreadable  []Unreadable `json:"unreadable"` // by name
	Duplicates  []Duplicate  `json:"duplicates"` // by the first name
	Near        []Near       `json:"near_duplicates"`
	Overlap     int          `json:"overlap"` // held-out images of which a copy, exact or near, is learnt from

	// Segmentations that are files: how many can be read, and by name what cannot,
	// one of an image.
	Truths    int          `json:"segmentations,omitempty"`
	BadTruths []Unreadable `json:"unreadable_segmentations,omitempty"`

	// Left is what need not or must not be learnt from, by number in the first
	// part: see data.Quarantine.
	Left []data.LeftOut `json:"-"`
}

// Split is one part: how many images it holds, readable or not.
type Split struct {
	Name   string `json:"name"`
	Images int    `json:"images"`
}

// Class counts the images of a class.
type Class struct {
	Name   string `json:"name"`
	Images int    `json:"images"` // in all parts
	Splits []int  `json:"splits"` // in each part
}

// Format counts the files of a format.
type Format struct {
	Name   string `json:"name"`
	Images int    `json:"images"`
}

// Range is the smallest, the middle and the largest of some numbers. Of an even
// number the middle is the lower of two.
type Range struct {
	Min    int `json:"min"`
	Median int `json:"median"`
	Max    int `json:"max"`
}

// Unreadable is a file that cannot be used, and why.
type Unreadable struct {
	Name  string `json:"name"`
	Error string `json:"error"`
}

// Take reads every image of the parts. The first is what is learnt from; what
// others hold beside it is held out. An image that cannot be read is a finding; an
// error means that the survey could not be taken: the context ended, the data set as a
// whole cannot be read, or no machine has so many threads.
func Take(ctx context.Context, parts []Part, c Config) (*Survey, error) {
	if err := parallel.CheckThreads(c.Threads); err != nil {
		return nil, fmt.Errorf("survey: %w", err)
	}
	places := list(parts)
	looks, err := lookAll(ctx, places, c)
	if err != nil {
		return nil, err
	}
	s := &Survey{Images: len(places), Unreadable: []Unreadable{}}
	for _, p := range parts {
		s.Splits = append(s.Splits, Split{p.Name, p.Set.Len()})
	}
	s.countClasses(parts, places)
	s.countLooks(places, looks)
	return s, s.findCopies(ctx, places, looks, c.Threads)
}

// place is an image: number i of a part.
type place struct {
	part  *Part
	parts []string // names of all parts that hold it
	i     int
	name  string
	held  bool // out: it is not learnt from
}

// list is every image once: a file that several parts hold has one place.
func list(parts []Part) []place {
	var places []place
	at := map[string]int{}
	for p := range parts {
		part := &parts[p]
		_, named := part.Set.(data.Named)
		for i := range part.Set.Len() {
			name := data.Name(part.Set, i)
			if !named {
				name = part.Name + " " + name
			}
			if k, ok := at[name]; ok {
				places[k].parts = append(places[k].parts, part.Name)
				continue
			}
			at[name] = len(places)
			places = append(places, place{part, []string{part.Name}, i, name, p > 0})
		}
	}
	return places
}

// lookAll looks at the images in parallel.
func lookAll(ctx context.Context, places []place, c Config) ([]look, error) {
	pool := parallel.New(c.Threads)
	defer pool.Close()
	looks := make([]look, len(places))
	var mu sync.Mutex
	var failed error
	done := 0
	pool.For(len(places), func(_, i int) {
		mu.Lock()
		stop := failed != nil
		mu.Unlock()
		if stop {
			return
		}
		l, err := places[i].look()
		if err == nil {
			err = ctx.Err()
		}
		mu.Lock()
		defer mu.Unlock()
		if looks[i] = l; err != nil {
			failed = err
			return
		}
		if done++; c.Progress != nil {
			c.Progress(done, len(places))
		}
	})
	return looks, failed
}

func (s *Survey) countClasses(parts []Part, places []place) {
	for _, name := range parts[0].Set.Classes() {
		s.Classes = append(s.Classes, Class{Name: name, Splits: make([]int, len(parts))})
	}
	for _, p := range places {
		label := p.part.Set.Label(p.i)
		if label < 0 || label >= len(s.Classes) {
			s.Unlabelled++
			continue
		}
		s.Classes[label].Images++
		for k := range parts {
			if slices.Contains(p.parts, parts[k].Name) {
				s.Classes[label].Splits[k]++
			}
		}
	}
}

func (s *Survey) countLooks(places []place, looks []look) {
	var widths, heights, shorter []int
	formats := map[string]int{}
	for i, l := range looks {
		s.Bytes += l.bytes
		s.Files = s.Files || l.file
		if l.err != nil {
			s.Unreadable = append(s.Unreadable, Unreadable{places[i].name, data.ReasonOf(l.err)})
			continue
		}
		s.Readable++
		s.Truths += l.maps
		if l.truthErr != nil {
			s.BadTruths = append(s.BadTruths, unreadableTruth(places[i].name, l.truthErr))
		}
		if l.format != "" {
			formats[l.format]++
		}
		side := min(l.w, l.h)
		widths, heights, shorter = append(widths, l.w), append(heights, l.h), append(shorter, side)
		if side < SmallSide {
			s.Small++
		}
		if l.grey {
			s.Grey++
		}
	}
	s.Width, s.Height, s.ShorterSide = rangeOf(widths), rangeOf(heights), rangeOf(shorter)
	for _, list := range [][]Unreadable{s.Unreadable, s.BadTruths} {
		slices.SortFunc(list, func(a, b Unreadable) int { return cmp.Compare(a.Name, b.Name) })
	}
	for name, n := range formats {
		s.Formats = append(s.Formats, Format{name, n})
	}
	slices.SortFunc(s.Formats, func(a, b Format) int {
		return cmp.Or(cmp.Compare(b.Images, a.Images), cmp.Compare(a.Name, b.Name))
	})
}

// unreadableTruth names the file of a segmentation or, where the error names none,
// the image.
func unreadableTruth(image string, err error) Unreadable {
	var bad *data.UnreadableError
	if errors.As(err, &bad) {
		image = bad.Name
	}
	return Unreadable{image, data.ReasonOf(err)}
}

// rangeOf sorts the numbers.
func rangeOf(numbers []int) Range {
	if len(numbers) == 0 {
		return Range{}
	}
	slices.Sort(numbers)
	last := len(numbers) - 1
	return Range{numbers[0], numbers[last/2], numbers[last]}
}
