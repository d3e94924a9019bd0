package eval

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/internal/tiny"
	"github.com/amdim/amdim/mixture"
	"github.com/amdim/amdim/model"
)

// mixed is a small network with a mixture.
func mixed(px int) model.Config {
	c := tiny.Model()
	c.Px, c.Mix = px, model.Mix{K: 3, Tau: 2}
	if px > 32 {
		c.NRKHS = 8 * c.NDF
	}
	return c
}

func segmentation(t *testing.T) *Segmentation {
	t.Helper()
	c := DefaultSegmentation()
	c.Segment.Step, c.Images = 4, 6
	c.Negatives = mixture.NegativesConfig{Images: 8, Locations: 4}
	c.Negatives.Refresh = encoder.RefreshConfig{Images: 30, Batch: 10, Seed: 1}
	return &Segmentation{
		Config: c, Model: mixed(32), Weights: encoder.Random(3), Engine: tiny.CPU(t), Threads: 2,
		Negatives: mixture.Source{Data: "shapes:size=32,train=20", Transform: augment.CIFAR()},
		Data:      tiny.Shapes(t, 48, 12, data.Test).(data.Segmented),
	}
}

func TestSegmentationMeasuresAllWaysAlike(t *testing.T) {
	s := segmentation(t)
	r, err := s.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	ways := []string{Mixture, ClusteredF7, Clustered, RandomMixture, RandomF7, OneSegment}
	if len(r.Rows) != len(ways) || len(r.PerImage) != 6 || r.PerImage[5].Image != 10 {
		t.Fatalf("rows %+v, images %+v", r.Rows, r.PerImage)
	}
	mean := 0.0
	for _, m := range r.PerImage {
		mean += m.Agreement.AdjustedRand / 6
	}
	for i, row := range r.Rows {
		switch {
		case row.Way != ways[i] || row.Object == nil || !(row.Object.Oracle >= 0 && row.Object.Oracle <= 1):
			t.Errorf("row %d: %+v, want %s with an object", i, row, ways[i])
		case row.Segments > r.Rows[0].Segments && row.Way != RandomMixture:
			t.Errorf("%s has %g segments, the mixture %g", row.Way, row.Segments, r.Rows[0].Segments)
		}
	}
	if got := r.Row(Mixture).Mean.AdjustedRand; !(math.Abs(got-mean) <= 1e-12) {
		t.Errorf("ARI %g, the mean of the images is %g", got, mean)
	}
	if one := r.Row(OneSegment); one.Segments != 1 || one.Mean.AdjustedRand != 0 {
		t.Errorf("one segment: %+v", one)
	}
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	back, err := ReadSegmented(text)
	if err != nil || !reflect.DeepEqual(back.PerImage, r.PerImage) {
		t.Errorf("read back: %v", err)
	}
	var table bytes.Buffer
	if err := r.Print(&table); err != nil || !strings.Contains(table.String(), "oracle IoU") {
		t.Errorf("%v\n%s", err, &table)
	}
}

func TestSegmentationWithoutBaselinesIsTheMixtureAlone(t *testing.T) {
	s := segmentation(t)
	s.Config.Baselines = false
	r, err := s.Run(context.Background())
	if err != nil || len(r.Rows) != 1 || r.Rows[0].Way != Mixture {
		t.Errorf("%v, %+v", err, r)
	}
}

// k-means on f7 takes the run of the mixture, and that on colours none.
func TestTheTrunkRunsOnceForEachEncoder(t *testing.T) {
	runs := map[bool]int{}
	for _, baselines := range []bool{false, true} {
		s, e := segmentation(t), tiny.Watch(t)
		s.Engine, s.Config.Baselines, s.Config.Images = e, baselines, 2
		if _, err := s.Run(context.Background()); err != nil {
			t.Fatal(err)
		}
		runs[baselines] = e.Forwards["trunk"]
	}
	if runs[false] < 2 || runs[true] != 2*runs[false] {
		t.Errorf("the trunk ran %d times for two images, %d with a random encoder", runs[false], runs[true])
	}
}

func TestSegmentationRefusesWhatIsNil(t *testing.T) {
	for want, change := range map[string]func(*Segmentation){
		"Segmentation.Weights is nil": func(s *Segmentation) { s.Weights = nil },
		"Segmentation.Engine is nil":  func(s *Segmentation) { s.Engine = nil },
		"Segmentation.Data is nil":    func(s *Segmentation) { s.Data = nil },
	} {
		s := segmentation(t)
		change(s)
		if _, err := s.Run(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

func TestReadSegmentedRefusesWhatIsNone(t *testing.T) {
	for _, text := range []string{"", "{}", `{"rows": [{}]}`, "[1]"} {
		if _, err := ReadSegmented([]byte(text)); err == nil {
			t.Errorf("%q is read", text)
		}
	}
}
