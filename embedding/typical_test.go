package embedding

import (
	"context"
	"testing"
)

// around is 63 images around three directions, in turns; the last three lie between.
func around() *Set {
	s := randomSet(1, 63, 6)
	for i := range s.Len() {
		row := s.Row(i)
		for j := range row {
			row[j] *= 0.05
		}
		row[i%3*2]++
		if i >= 60 {
			row[(i%3*2+2)%6] += 0.5
		}
	}
	return s
}

func TestTypicalImagesAreInTheMiddleOfTheirGroups(t *testing.T) {
	s := around()
	got, err := indexOf(t, s).Typical(context.Background(), 3)
	if err != nil || len(got) != 3 {
		t.Fatalf("%v, %v", got, err)
	}
	seen := map[int]bool{}
	for _, x := range got {
		seen[x.Index%3] = true
		if x.Images != 21 || x.Index >= 60 || x.Name != s.Names[x.Index] {
			t.Errorf("%+v: want one of 21 images, none of the last three", x)
		}
	}
	if len(seen) != 3 {
		t.Errorf("%v: not one of each group", got)
	}
	all, err := indexOf(t, s).Typical(context.Background(), s.Len())
	if err != nil || len(all) != s.Len() || all[0].Images != 1 {
		t.Errorf("all images: %d, %v", len(all), err)
	}
}

func TestTypicalOfEqualImagesIsOne(t *testing.T) {
	same := &Set{Names: []string{"a", "b", "c"}, Dim: 2, X: []float32{1, 2, 1, 2, 1, 2}}
	got, err := indexOf(t, same).Typical(context.Background(), 2)
	if err != nil || len(got) != 1 || got[0] != (Typical{0, "a", 3}) {
		t.Errorf("%v, %v", got, err)
	}
}

func TestTypicalRefuses(t *testing.T) {
	x := indexOf(t, around())
	for _, k := range []int{-1, 0, 64} {
		if _, err := x.Typical(context.Background(), k); err == nil {
			t.Errorf("%d of 63 images give no error", k)
		}
	}
}
