package data

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/amdim/amdim/tensor"
)

// labelled is a data set of named images of which only the labels matter.
type labelled struct {
	names  []string
	labels []int
}

func (l labelled) Len() int                        { return len(l.labels) }
func (l labelled) Image(int) (tensor.Image, error) { return tensor.Image{}, nil }
func (l labelled) Label(i int) int                 { return l.labels[i] }
func (l labelled) Classes() []string               { return []string{"many", "few", "one", "none"} }
func (l labelled) Digest() string                  { return "" }
func (l labelled) Name(i int) string               { return l.names[i] }

func manyFewOne() labelled {
	var l labelled
	for i := range 108 {
		label := 0
		switch {
		case i >= 107:
			label = -1
		case i >= 106:
			label = 2
		case i >= 100:
			label = 1
		}
		l.names, l.labels = append(l.names, fmt.Sprintf("%d.png", i)), append(l.labels, label)
	}
	return l
}

func TestValidationIsAShareOfEachClass(t *testing.T) {
	set := manyFewOne()
	chosen := Validation(set, 0.1)
	counts := map[int]int{}
	for i := range set.Len() {
		if chosen[set.Name(i)] {
			counts[set.Label(i)]++
		}
	}
	if len(counts) != 2 || counts[0] != 10 || counts[1] != 1 {
		t.Errorf("images by class %v, want 10 of 100, 1 of 6, and none of 1 or without a class", counts)
	}
	if n := len(Validation(set, 0.001)); n != 2 {
		t.Errorf("%d images by a tiny share, want one of each class with several", n)
	}
}

// The choice is documented: anyone may repeat it.
func TestValidationIsChosenBySHA256(t *testing.T) {
	set := manyFewOne()
	sums := map[string]string{}
	for i := range 100 {
		sums[set.Name(i)] = fmt.Sprintf("%x", sha256.Sum256([]byte(set.Name(i))))
	}
	chosen := Validation(set, 0.1)
	for in := range sums {
		for out := range sums {
			if chosen[in] && !chosen[out] && sums[in] > sums[out] {
				t.Fatalf("%s is chosen and %s is not", in, out)
			}
		}
	}
}

func TestValidationBarelyChangesWithAnImageMore(t *testing.T) {
	set := manyFewOne()
	before := Validation(set, 0.1)
	set.names, set.labels = append([]string{"new.png"}, set.names...), append([]int{0}, set.labels...)
	changed := 0
	for name := range Validation(set, 0.1) {
		if !before[name] {
			changed++
		}
	}
	if changed > 1 {
		t.Errorf("%d other images are chosen after one was added, want at most that one", changed)
	}
}

func TestSelectKeepsTheOrder(t *testing.T) {
	set := manyFewOne()
	got := Select(set, func(i int) bool { return i%50 == 3 })
	if got.Len() != 3 || Name(got, 0) != "3.png" || Name(got, 2) != "103.png" || got.Label(2) != 1 {
		t.Errorf("%d images, the first %s", got.Len(), Name(got, 0))
	}
}

func TestOpenLabelledLeavesOutWhatHasNoLabel(t *testing.T) {
	set, split, err := OpenLabelled("shapes:train=20,test=10", "", Options{})
	if err != nil || set.Len() != 20 || split != "train" {
		t.Errorf("%v, %q, %v", set, split, err)
	}
	if got := labelledOf(manyFewOne()); got.Len() != 107 {
		t.Errorf("%d of 107 images have a label", got.Len())
	}
}

func TestSelectedImagesKeepNameSizeAndVersion(t *testing.T) {
	dir := t.TempDir()
	for i, name := range []string{"a.png", "b.png", "c.png", "d.png"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, make([]byte, 10+i), 0o644); err != nil {
			t.Fatal(err)
		}
		wrote := time.Unix(int64(1e9+i), 5e8)
		if err := os.Chtimes(path, wrote, wrote); err != nil {
			t.Fatal(err)
		}
	}
	all, err := OpenFolder(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	some := Select(all, func(i int) bool { return i%2 == 1 })
	name, size, version := Name(some, 1), Size(some, 1), ImageVersion(some, 1)
	if name != "d.png" || size != 13 || version != "13 2001-09-09T01:46:43.5Z" {
		t.Errorf("%s, %d bytes, version %q", name, size, version)
	}
}
