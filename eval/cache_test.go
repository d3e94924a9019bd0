package eval

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/internal/tiny"
)

// cachedEvaluation has a cache in the folder; what it says and notes goes to said.
func cachedEvaluation(t *testing.T, folder string, said *[]string) *Evaluation {
	e := evaluation(t)
	e.Config.Protocols, e.Config.KNN.K = []string{KNN}, []int{5}
	e.Progress = func(what string) { *said = append(*said, what) }
	e.Cache = &Cache{Folder: folder, Note: e.Progress}
	return e
}

// evaluate returns a result without what differs between two runs.
func evaluate(t *testing.T, e *Evaluation) *Result {
	t.Helper()
	r, _, err := e.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	r.Seconds = 0
	for i := range r.Rows {
		r.Rows[i].Seconds = 0
	}
	return r
}

func encodings(said []string) int {
	n := 0
	for _, s := range said {
		if strings.Contains(s, ": encode ") {
			n++
		}
	}
	return n
}

func TestCachedFeaturesGiveTheSameResult(t *testing.T) {
	folder := t.TempDir()
	var first, again []string
	want := evaluate(t, cachedEvaluation(t, folder, &first))
	got := evaluate(t, cachedEvaluation(t, folder, &again))
	if !reflect.DeepEqual(got, want) {
		t.Errorf("from the cache %+v, want %+v", got, want)
	}
	if encodings(first) != 2 || encodings(again) != 0 {
		t.Errorf("first %q, then %q", first, again)
	}
}

func TestCacheIsNotUsedWhereAnythingDiffers(t *testing.T) {
	for name, change := range map[string]func(e *Evaluation){
		"weights": func(e *Evaluation) { e.Weights = encoder.Random(8) },
		"network": func(e *Evaluation) { e.Model.TClip = 19 },
		"refresh": func(e *Evaluation) { e.Config.Refresh.Images++ },
		"test":    func(e *Evaluation) { e.Test = plain(t, tiny.Shapes(t, 32, 90, data.Test)) },
		"transform": func(e *Evaluation) {
			transform := e.Train.Transform()
			transform.Resize = 40
			var err error
			if e.Train, err = encoder.NewImages(e.Train.Dataset, e.Train.Px(), transform); err != nil {
				t.Fatal(err)
			}
		},
	} {
		var said []string
		folder := t.TempDir()
		e := cachedEvaluation(t, folder, &said)
		e.Config.Baselines = false
		evaluate(t, e)
		other := cachedEvaluation(t, folder, &said)
		other.Config.Baselines = false
		change(other)
		evaluate(t, other)
		if encodings(said) != 2 {
			t.Errorf("%s differ: %q", name, said)
		}
	}
}

// A file whose checksum is right may hold anything all the same.
func TestCacheOfOtherNumbersIsMadeAnew(t *testing.T) {
	folder := t.TempDir()
	var said []string
	want := evaluate(t, cachedEvaluation(t, folder, &said))
	files, err := filepath.Glob(filepath.Join(folder, "*model*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("files %q, %v", files, err)
	}
	nan := float32(math.NaN())
	for what, spoil := range map[string]func(a map[string][]float32){
		"train image 0":       func(a map[string][]float32) { a[cachedTrain][1] = nan },
		"is no statistic":     func(a map[string][]float32) { a["encoder.l1.weight"] = make([]float32, 3) },
		"it has other images": func(a map[string][]float32) { a[cachedTest] = a[cachedTest][1:] },
		"1 of the network's":  func(a map[string][]float32) { delete(a, "encoder.l7.bn.mean") },
	} {
		tiny.Rewrite(t, files[0], spoil)
		said = nil
		if got := evaluate(t, cachedEvaluation(t, folder, &said)); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: another result", what)
		}
		if !strings.Contains(strings.Join(said, "\n"), "cannot be used") ||
			!strings.Contains(strings.Join(said, "\n"), what) {
			t.Errorf("%s: said %q", what, said)
		}
	}
}

func TestDamagedCacheIsMadeAnew(t *testing.T) {
	folder := t.TempDir()
	var said []string
	want := evaluate(t, cachedEvaluation(t, folder, &said))
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(files) != 2 {
		t.Fatalf("files %q, %v", files, err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	text[len(text)-9] ^= 1
	if err := os.WriteFile(files[0], text, 0o644); err != nil {
		t.Fatal(err)
	}
	said = nil
	if got := evaluate(t, cachedEvaluation(t, folder, &said)); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	noted := slices.ContainsFunc(said, func(s string) bool {
		return strings.Contains(s, files[0]) && strings.Contains(s, "computed again")
	})
	if !noted || encodings(said) != 1 {
		t.Errorf("said %q", said)
	}
	if now, err := os.ReadFile(files[0]); err != nil || slices.Equal(now, text) {
		t.Errorf("the damaged file stays, %v", err)
	}
}

func TestEvaluationGoesOnWithoutRoomForTheCache(t *testing.T) {
	var said []string
	e := cachedEvaluation(t, filepath.Join(t.TempDir(), "missing"), &said)
	e.Config.Baselines = false
	evaluate(t, e)
	if !strings.Contains(strings.Join(said, "\n"), "the features could not be kept") {
		t.Errorf("said %q", said)
	}
}
