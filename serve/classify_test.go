package serve

import (
	"math"
	"testing"

	"github.com/amdim/amdim"
)

// learnt is a classifier of generated shapes.
func learnt(t testing.TB, m *amdim.Model) *amdim.Classifier {
	t.Helper()
	x, _, err := m.EmbedLabelled(t.Context(), "shapes:train=40", "train")
	if err != nil {
		t.Fatal(err)
	}
	c, err := m.LearnClasses(t.Context(), x, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestClassesAreThoseOfTheClassifier(t *testing.T) {
	m := openModel(t)
	c := learnt(t, m)
	h := handler(t, Config{Model: m, Offer: Offer{Classifier: c}})
	file := photo(t, 4)
	p, err := c.Classify(vectorOf(t, m, file))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]float64{}
	for i, class := range c.Classes {
		want[class] = p[i]
	}
	got := read[answers](t, post(h, "/v1/classify?k=1000", file)).Images[0].Classes
	if len(got) != len(c.Classes) {
		t.Fatalf("%d of %d classes", len(got), len(c.Classes))
	}
	sum := 0.0
	for i, x := range got {
		if x.Probability != want[x.Class] || i > 0 && x.Probability > got[i-1].Probability {
			t.Errorf("place %d: %+v, want %v", i, x, want[x.Class])
		}
		sum += x.Probability
	}
	if !(math.Abs(sum-1) < 1e-9) {
		t.Errorf("probabilities sum to %v", sum)
	}
	refused(t, "k of 0", post(h, "/v1/classify?k=0", file), 400, "k=0: need a whole number from 1")
	first := read[answers](t, post(h, "/v1/classify?k=2", file)).Images[0].Classes
	if len(first) != 2 || first[0] != got[0] || first[1] != got[1] {
		t.Errorf("the first two are %v, of all %v", first, got[:2])
	}
	if n := len(read[answers](t, post(h, "/v1/classify", file)).Images[0].Classes); n != 5 {
		t.Errorf("%d classes without k", n)
	}
}
