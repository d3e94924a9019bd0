package eval

import (
	"fmt"
	"strings"
	"testing"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/internal/tiny"
)

// named gives images names, as files have.
type named struct{ data.Dataset }

func (named) Name(i int) string { return fmt.Sprintf("%d.png", i) }

// names are those of all images of a data set.
func names(set data.Dataset) map[string]bool {
	all := map[string]bool{}
	for i := range set.Len() {
		all[data.Name(set, i)] = true
	}
	return all
}

// Of 110 files 10 cannot be read: the others are divided as they would be without these.
func TestHoldOutDividesTheTrainImages(t *testing.T) {
	whole := named{tiny.Shapes(t, 32, 110, data.Train)}
	all := plain(t, data.Select(whole, func(i int) bool { return i%11 != 3 }))
	all.Whole = whole
	if !names(all.Dataset)["0.png"] {
		t.Fatal("a subset has other names")
	}
	e := evaluation(t)
	if err := e.HoldOut(all, 0.2); err != nil {
		t.Fatal(err)
	}
	rest, held := e.Train, e.Test
	chosen := data.Validation(whole, 0.2)
	for part, images := range map[bool]*encoder.Images{false: rest, true: held} {
		for name := range names(images.Dataset) {
			if chosen[name] != part {
				t.Errorf("%s is held out: %t, chosen: %t", name, part, chosen[name])
			}
		}
		for name := range names(images.All()) {
			if chosen[name] != part {
				t.Errorf("%s counts as held out: %t, chosen: %t", name, part, chosen[name])
			}
		}
	}
	if rest.Len()+held.Len() != 100 || rest.All().Len() != 90 || held.All().Len() != 20 {
		t.Errorf("%d and %d images of 100, %d and %d with those that cannot be read",
			rest.Len(), held.Len(), rest.All().Len(), held.All().Len())
	}
	e.Config.Protocols, e.Config.KNN.K = []string{KNN}, []int{1}
	r, err := e.Start()
	want := fmt.Sprintf("Left out, as they cannot be read: %d of 90 train and %d of 20 validation images.",
		90-rest.Len(), 20-held.Len())
	if err != nil || len(r.Notes) != 1 || r.Notes[0] != want {
		t.Errorf("notes %q, %v; want %q", r.Notes, err, want)
	}
}

func TestACurveSaysThatItIsOfValidationImages(t *testing.T) {
	for share, want := range map[float64]bool{0: false, 0.1: true} {
		var text strings.Builder
		curve := Curve{{Result: &Result{Validation: share}}}
		err := curve.Print(&text)
		if said := strings.Contains(text.String(), "Validation images are"); err != nil || said != want {
			t.Errorf("share %g, %v:\n%s", share, err, text.String())
		}
	}
}

func TestAResultSaysThatItIsOfValidationImages(t *testing.T) {
	e := evaluation(t)
	if err := e.HoldOut(e.Train, 0.3); err != nil {
		t.Fatal(err)
	}
	e.Config.FewShot.Shots, e.Config.KNN.K = []int{1}, []int{1}
	r, err := e.Start()
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	if err := r.Print(&text); err != nil || r.Validation != 0.3 ||
		!strings.Contains(text.String(), "30 validation images, 80 train images") {
		t.Errorf("%v, validation %g:\n%s", err, r.Validation, text.String())
	}
}

func TestHoldOutRefusesWhatLeavesTooLittle(t *testing.T) {
	all := plain(t, tiny.Shapes(t, 32, 110, data.Train))
	one := plain(t, data.Spread(all.Dataset, 1))
	for _, share := range []float64{-0.1, 0, 0.51} {
		if err := new(Evaluation).HoldOut(all, share); err == nil || !strings.Contains(err.Error(), "at most 0.5") {
			t.Errorf("share %g: %v", share, err)
		}
	}
	err := new(Evaluation).HoldOut(one, 0.5)
	if err == nil || !strings.Contains(err.Error(), "no class has two") {
		t.Errorf("one image: %v", err)
	}
}
