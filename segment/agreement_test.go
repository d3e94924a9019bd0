package segment

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/amdim/amdim/data/imagefile"
	"github.com/amdim/amdim/internal/rng"
)

// pairShare is the probabilistic Rand index by its definition, over pairs of pixels.
func pairShare(m Map, people []Map) float64 {
	var sum, n float64
	for i := range m.Label {
		for j := range i {
			var p float64
			for _, q := range people {
				if q.Label[i] == q.Label[j] {
					p += 1 / float64(len(people))
				}
			}
			if m.Label[i] != m.Label[j] {
				p = 1 - p
			}
			sum, n = sum+p, n+1
		}
	}
	return sum / n
}

func TestAgreementIsByDefinition(t *testing.T) {
	s := rng.New(4, 0, 0, rng.Sample)
	m := randomMap(&s, 7, 6, 4)
	people := []Map{randomMap(&s, 7, 6, 3), randomMap(&s, 7, 6, 2), m, randomMap(&s, 7, 6, 5)}
	got, err := Agree(m, people)
	if err != nil {
		t.Fatal(err)
	}
	if want := pairShare(m, people); !near(got.ProbabilisticRand, want, 1e-13) {
		t.Errorf("PRI %v, by pairs %v", got.ProbabilisticRand, want)
	}
	var overlap, pixels float64 // as BSDS sums them: over the segments of all people
	for _, p := range people {
		for _, best := range bestOverlaps(m, p) {
			overlap += best.iou * float64(best.pixels)
			pixels += float64(best.pixels)
		}
	}
	if want := overlap / pixels; !near(got.Covering, want, 1e-13) {
		t.Errorf("covering %v, by sums %v", got.Covering, want)
	}
}

type overlap struct {
	iou    float64
	pixels int
}

// bestOverlaps compares every label of b with every label of a, pixel by pixel.
func bestOverlaps(a, b Map) []overlap {
	var all []overlap
	for _, l := range b.segments() {
		best := overlap{pixels: int(l.N)}
		for _, k := range a.segments() {
			both, either := 0, 0
			for i := range a.Label {
				inA, inB := a.Label[i] == k.Label, b.Label[i] == l.Label
				if inA && inB {
					both++
				}
				if inA || inB {
					either++
				}
			}
			best.iou = max(best.iou, float64(both)/float64(either))
		}
		all = append(all, best)
	}
	return all
}

// FuzzMeasures compares two maps of any labels with loops over pairs of pixels.
func FuzzMeasures(f *testing.F) {
	f.Add(3, []byte{0, 1, 1, 2, 0, 0, 3, 3, 1, 1, 0, 2})
	f.Add(1, []byte{5, 5})
	f.Add(2, []byte{0, 0, 0, 0, 1, 2, 3, 4})
	f.Fuzz(func(t *testing.T, w int, labels []byte) {
		labels = labels[:min(len(labels), 128)]
		n := len(labels) / 2
		if w < 1 || n < w {
			t.Skip()
		}
		h := n / w
		a := mapOf(w, h, func(x, y int) int { return int(labels[y*w+x]) })
		b := mapOf(w, h, func(x, y int) int { return int(labels[n+y*w+x]) })
		c := mustTable(t, a, b)
		p := countPairs(a, b)
		if p != c.pairs() {
			t.Fatalf("pairs %+v, by counting %+v", c.pairs(), p)
		}
		if p.all > 0 && !near(c.Rand(), pairShare(a, []Map{b}), 1e-12) {
			t.Errorf("Rand %v, by pairs %v", c.Rand(), pairShare(a, []Map{b}))
		}
		chance := float64(p.a) * float64(p.b) / float64(p.all)
		under := float64(p.a+p.b)/2 - chance
		want := 1.
		if under > 1e-9 {
			want = (float64(p.both) - chance) / under
		}
		if got := c.AdjustedRand(); !near(got, want, 1e-6) || got > 1 || got < -1 {
			t.Errorf("adjusted Rand %v, want %v", got, want)
		}
		var cover float64
		for _, o := range bestOverlaps(a, b) {
			cover += o.iou * float64(o.pixels) / float64(w*h)
		}
		if got := c.Covering(); !near(got, cover, 1e-12) || got <= 0 || got > 1 {
			t.Errorf("covering %v, want %v", got, cover)
		}
		if got := c.VariationOfInformation(); got < 0 || got > math.Log2(float64(w*h))+1e-12 {
			t.Errorf("variation of information %v", got)
		}
	})
}

func countPairs(a, b Map) pairs {
	var p pairs
	for i := range a.Label {
		for j := range i {
			inA, inB := a.Label[i] == a.Label[j], b.Label[i] == b.Label[j]
			p.all++
			if inA {
				p.a++
			}
			if inB {
				p.b++
			}
			if inA && inB {
				p.both++
			}
		}
	}
	return p
}

// People, each compared with the others of the image, have covering 0.72, PRI 0.88 and
// VI 1.17 on BSDS500 (Arbeláez et al. 2011); these are its 100 images of val. In nats
// VI would be 0.81.
func TestPeopleAgreeAsPublished(t *testing.T) {
	const dir = "../../shared/data/bsds500/segmentations/val"
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		t.Skip("no " + dir)
	}
	if testing.Short() {
		t.Skip("takes seconds")
	}
	files, err := filepath.Glob(dir + "/*.png")
	if err != nil {
		t.Fatal(err)
	}
	people := map[string][]Map{}
	for _, name := range files {
		id := filepath.Base(name)
		id = id[:len(id)-len("_1.png")]
		people[id] = append(people[id], readFile(t, name))
	}
	var sum Agreement // mean over images of the mean over people
	var overlaps, weight float64
	for _, maps := range people {
		for i, m := range maps {
			a, err := Agree(m, slices.Delete(slices.Clone(maps), i, i+1))
			if err != nil {
				t.Fatal(err)
			}
			n := float64(len(maps))
			sum.AdjustedRand += a.AdjustedRand / n
			sum.ProbabilisticRand += a.ProbabilisticRand / n
			sum.Covering += a.Covering / n
			sum.VariationOfInformation += a.VariationOfInformation / n
			overlaps += a.Covering * (n - 1)
			weight += n - 1
		}
	}
	n := float64(len(people))
	const tolerance = 0.02 // other images
	if !near(sum.ProbabilisticRand/n, 0.88, tolerance) || !near(sum.Covering/n, 0.72, tolerance) ||
		!near(overlaps/weight, 0.72, tolerance) || !near(sum.VariationOfInformation/n, 1.17, tolerance) {
		t.Error("not as published")
	}
	t.Logf("%d images: ARI %.4f, PRI %.4f, covering %.4f (%.4f as BSDS sums), VI %.4f bits", len(people),
		sum.AdjustedRand/n, sum.ProbabilisticRand/n, sum.Covering/n, overlaps/weight, sum.VariationOfInformation/n)
}

func readFile(t *testing.T, name string) Map {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	w, h, _, err := imagefile.Config(b)
	if err != nil {
		t.Fatal(err)
	}
	labels, err := imagefile.Labels(b, w, h)
	if err != nil {
		t.Fatal(err)
	}
	return Map{W: w, H: h, Label: labels}
}
