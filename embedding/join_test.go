package embedding

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestJoinedRowsAreThoseOfTheSetsInOrder(t *testing.T) {
	a, b := small(), small()
	b.Names, b.X = []string{"a.png"}, []float32{7, 8, 9} // a name of a
	b.Versions = []string{"3"}
	b.Model.Images, b.Model.Split, b.Model.Engine = "", "", "cpu"
	got, err := Join(a, b, a)
	if err != nil {
		t.Fatal(err)
	}
	want := &Set{
		Names: slices.Concat(a.Names, b.Names, a.Names), Dim: 3, X: slices.Concat(a.X, b.X, a.X),
		Model: Origin{Checkpoint: "ab12", Px: 64, NRKHS: 3, Step: 7},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	got.X[0], got.Names[0] = 99, "another"
	if !reflect.DeepEqual(a, small()) {
		t.Error("the joined set shares memory with its parts")
	}
	b.Model = a.Model
	if both, err := Join(a, b); err != nil || !slices.Equal(both.Versions, append(a.Versions, "3")) {
		t.Errorf("versions of images of one folder: %q, %v", both.Versions, err)
	}
	if alone, err := Join(a); err != nil || !reflect.DeepEqual(alone, a) {
		t.Errorf("a set alone: %+v, %v", alone, err)
	}
}

func TestJoinRefusesWhatDoesNotBelongTogether(t *testing.T) {
	for _, c := range []struct {
		what  string
		spoil func(s *Set)
		other bool // network
		want  string
	}{
		{"another network", func(s *Set) { s.Model.Checkpoint = "cd34" }, true, "set 2 of 2: cd34…"},
		{"another length", func(s *Set) { s.Dim = 2 }, true, "set 2 of 2: vectors of 2 numbers, those before"},
		{"no network", func(s *Set) { s.Model = Origin{} }, false, "set 2 of 2: of this set and those"},
		{"no images", func(s *Set) { s.Names, s.X = nil, nil }, false, "set 2 of 2: embedding: no images"},
		{"a version too few", func(s *Set) { s.Versions = s.Versions[:1] }, false, "1 versions for 2 names"},
	} {
		s := small()
		c.spoil(s)
		if c.what == "another length" {
			s.Names, s.Versions = []string{"a", "b", "c"}, nil
		}
		_, err := Join(small(), s)
		if err == nil || !strings.Contains(err.Error(), c.want) || errors.Is(err, ErrOtherNetwork) != c.other {
			t.Errorf("%s: %v, want %q", c.what, err, c.want)
		}
	}
	if _, err := Join(); err == nil {
		t.Error("no sets are joined")
	}
	if _, err := Join(small(), nil); err == nil {
		t.Error("a set that is nil is joined")
	}
	unknown := small()
	unknown.Model = Origin{}
	if s, err := Join(unknown, unknown); err != nil || s.Len() != 4 {
		t.Errorf("sets of another tool, which names no network: %v, %v", s, err)
	}
}

// What an index was built over before says nothing of the joined set.
func TestAJoinedSetIsIndexedAnew(t *testing.T) {
	s, more := randomSet(1, 40, 4), randomSet(2, 3, 4)
	for i := range more.X {
		more.X[i] += 100
	}
	all, err := Join(s, more)
	if err != nil {
		t.Fatal(err)
	}
	x := indexOf(t, all)
	if m, err := x.Search(more.Row(1), 1); err != nil || m[0].Index != 41 || m[0].Cosine != 1 {
		t.Errorf("a new image is not found: %+v, %v", m, err)
	}
	if reflect.DeepEqual(x.moments, indexOf(t, s).moments) {
		t.Error("the moments are those of the old set")
	}
}
