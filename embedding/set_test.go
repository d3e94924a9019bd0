package embedding

import (
	"errors"
	"math"
	"strings"
	"testing"
)

func small() *Set {
	return &Set{
		Names: []string{"a.png", "b/ü \n\".jpg"},
		Dim:   3,
		X:     []float32{1, -2, 0.5, 3, float32(math.SmallestNonzeroFloat32), 1e30},
		Model: Origin{
			Checkpoint: "ab12", Px: 64, NRKHS: 3, Step: 7, Engine: "ref", Images: "folder:a,b: c", Split: "train",
		},
		Versions: []string{"12 2026-11-29T14:00:00.5Z", ""},
	}
}

func TestRowsAreTheVectorsInOrder(t *testing.T) {
	s := small()
	if s.Len() != 2 || s.Row(1)[0] != 3 || len(s.Row(0)) != 3 || cap(s.Row(0)) != 3 {
		t.Errorf("%d rows, %v", s.Len(), s.Row(1))
	}
}

func TestValidateNamesWhatIsWrong(t *testing.T) {
	if err := small().Validate(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		spoil func(s *Set)
		want  string
	}{
		{func(s *Set) { s.Names, s.X = nil, nil }, "no images"},
		{func(s *Set) { s.Names = s.Names[:1] }, "1 names for 6 numbers in vectors of 3"},
		{func(s *Set) { s.Dim = 0 }, "vectors of 0"},
		{func(s *Set) { s.X = s.X[:5] }, "2 names for 5 numbers"},
		{func(s *Set) { s.X[4] = float32(math.NaN()) }, `number 1 of "b/ü \n\".jpg" is NaN`},
		{func(s *Set) { s.X[2] = float32(math.Inf(-1)) }, `number 2 of "a.png" is -Inf`},
	} {
		s := small()
		c.spoil(s)
		if err := s.Validate(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
}

// A set whose network is not known, as of another tool, may be compared with any.
func TestVectorsOfTwoNetworksAreTold(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"01", "01", true}, {"01", "02", false}, {"", "02", true}, {"01", "", true}, {"", "", true},
	} {
		err := Origin{Checkpoint: c.a, Step: 3}.CheckSame(Origin{Checkpoint: c.b, Step: 3})
		if c.same != (err == nil) || !c.same && !errors.Is(err, ErrOtherNetwork) {
			t.Errorf("networks %q and %q: %v", c.a, c.b, err)
		}
	}
}
