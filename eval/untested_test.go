package eval

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/data"
)

func TestClassesWithoutATestImageAreNamed(t *testing.T) {
	var classes []string
	for i := range 103 {
		classes = append(classes, fmt.Sprint("c", i))
	}
	counts := func(without ...int) []int {
		n := slices.Repeat([]int{2}, len(classes))
		for _, l := range without {
			n[l] = 0
		}
		return n
	}
	for _, c := range []struct {
		train, held []int
		want        string
	}{
		{counts(), counts(), ""},
		{counts(3), counts(3), ""}, // nothing was learnt of it either
		{counts(), counts(3), "1 of 103 classes has no test image, c3: accuracy says nothing of it."},
		{
			counts(4), counts(9, 4, 3),
			"2 of 103 classes have no test image, c3 and c9: accuracy says nothing of them.",
		},
		{
			counts(), counts(1, 2, 3, 4, 5),
			"5 of 103 classes have no test image, such as c1, c2 and c3: accuracy says nothing of them.",
		},
	} {
		if got := Untested(classes, c.train, c.held, "test"); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	got := Untested([]string{"a", "\x1b[31mred"}, []int{1, 1}, []int{1, 0}, "test")
	if strings.Contains(got, "\x1b") || !strings.Contains(got, "red") {
		t.Errorf("%q", got)
	}
}

func TestAResultNotesClassesWithoutATestImage(t *testing.T) {
	var said []string
	e := cachedEvaluation(t, t.TempDir(), &said)
	last := len(e.Test.Classes()) - 1
	notes := func() string {
		t.Helper()
		r, err := e.Start()
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(r.Notes, " ")
	}
	if all := notes(); strings.Contains(all, "no test image") {
		t.Errorf("%q", all)
	}
	whole := e.Test
	test := *whole
	test.Dataset = data.Select(whole.Dataset, func(i int) bool { return whole.Label(i) != last })
	e.Test = &test
	want := fmt.Sprintf("has no test image, %s: ", e.Test.Classes()[last])
	if all := notes(); strings.Count(all, want) != 1 {
		t.Errorf("%q, want %q", all, want)
	}
}
