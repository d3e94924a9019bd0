package classify

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/embedding"
	"github.com/amdim/amdim/engine/ref"
)

// again adds copies of image i with the given labels.
func again(x *Examples, i int, labels ...int32) {
	for _, l := range labels {
		x.Set.X = append(x.Set.X, x.Set.Row(i)...)
		x.Set.Names = append(x.Set.Names, fmt.Sprintf("copy %d of %d", l, i))
		x.Labels = append(x.Labels, l)
	}
}

// What is learnt is what is learnt without the pictures that have several classes, to the bit;
// a copy in its own class is none of these.
func TestNothingIsLearntFromPicturesOfSeveralClasses(t *testing.T) {
	all, x := clusters(12, 2, 1), clusters(11, 2, 1) // the same but for the last three
	again(&x, 4, 1)
	without := x
	without.Set = &embedding.Set{Dim: dim, Names: x.Set.Names, X: x.Set.X}
	const fine = 34
	for i := 33; i < 36; i++ {
		x.Set.X = append(x.Set.X, all.Set.Row(i)...)
		x.Set.Names = append(x.Set.Names, all.Set.Names[i])
		x.Labels = append(x.Labels, all.Labels[i])
	}
	again(&x, fine, 1, 0)
	again(&x, fine+1, 2)
	again(&x, fine+2, 0)
	// Dimensions are standardised about these as well, as about images without a label.
	others := &embedding.Set{Dim: dim, Names: x.Set.Names[fine:], X: x.Set.X[fine*dim:]}
	a, b := learn(t, x, nil), learn(t, without, others)
	if a.Images != fine || a.Estimate != b.Estimate || len(b.Conflicts) > 0 {
		t.Errorf("learnt from %d images, %+v, not %+v; %v", a.Images, a.Estimate, b.Estimate, b.Conflicts)
	}
	want := []Conflict{
		{[]string{"33", "copy 1 of 34", "copy 0 of 34"}, []string{"a", "b", "a"}},
		{[]string{"34", "copy 2 of 35"}, []string{"b", "c"}},
		{[]string{"35", "copy 0 of 36"}, []string{"c", "a"}},
	}
	if !reflect.DeepEqual(a.Conflicts, want) {
		t.Errorf("%v, want %v", a.Conflicts, want)
	}
	for i := range x.Labels {
		p, err := a.Classify(x.Set.Row(i))
		q, err2 := b.Classify(x.Set.Row(i))
		if err != nil || err2 != nil || !slices.Equal(p, q) {
			t.Errorf("image %d: %v, %v, without the pictures %v, %v", i, p, err, q, err2)
		}
	}
}

func TestAClassOfNothingButOthersPicturesIsRefused(t *testing.T) {
	x := clusters(4, 2, 1)
	for i, l := range slices.Clone(x.Labels) {
		if l == 2 {
			again(&x, i, 0)
		}
	}
	_, err := Learn(context.Background(), ref.New(), x, nil)
	want := `every image of class "c" is in another class as well, such as "2", which is "copy 0 of 2" in "a"`
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}
