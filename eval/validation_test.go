package eval

import (
	"strings"
	"testing"

	"github.com/amdim/amdim/data"
)

func TestHoldOutDividesTheTrainImages(t *testing.T) {
	all := plain(t, shapes(t, 32, 110, data.Train))
	all.Whole = all.Dataset
	all.Dataset = data.Spread(all.Whole, 100)
	rest, held, err := all.HoldOut(0.2)
	if err != nil {
		t.Fatal(err)
	}
	if rest.Len()+held.Len() != 100 || rest.All().Len() != 90 || held.All().Len() != 20 {
		t.Errorf("%d and %d images of 100, %d and %d with those that cannot be read",
			rest.Len(), held.Len(), rest.All().Len(), held.All().Len())
	}
	again, _, err := all.HoldOut(0.2)
	if err != nil || again.Digest() != rest.Digest() || rest.Digest() == held.Digest() {
		t.Errorf("not divided the same way again: %v", err)
	}
}

func TestAResultSaysThatItIsOfValidationImages(t *testing.T) {
	e := evaluation(t)
	var err error
	if e.Train, e.Test, err = e.Train.HoldOut(0.3); err != nil {
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
	all := plain(t, shapes(t, 32, 110, data.Train))
	one := plain(t, data.Spread(all.Dataset, 1))
	for _, share := range []float64{-0.1, 0, 0.51} {
		if _, _, err := all.HoldOut(share); err == nil || !strings.Contains(err.Error(), "at most 0.5") {
			t.Errorf("share %g: %v", share, err)
		}
	}
	if _, _, err := one.HoldOut(0.5); err == nil || !strings.Contains(err.Error(), "no class has two") {
		t.Errorf("one image: %v", err)
	}
}
