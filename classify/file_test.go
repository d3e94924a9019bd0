package classify

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/embedding"
	"github.com/amdim/amdim/engine/ref"
	"github.com/amdim/amdim/feature"
)

// once is a classifier of three classes, whose texts are not all UTF-8.
var once = sync.OnceValues(func() (*Classifier, error) {
	x := clusters(6, 4, 1)
	x.Classes = []string{"caf\xe9", "R&D <1>", "c"}
	x.Set.Model = embedding.Origin{Checkpoint: "ab12", Px: 32, NRKHS: dim, Step: 7, Images: "folder:caf\xe9"}
	copy(x.Set.Row(17), x.Set.Row(0)) // a conflict
	return Learn(context.Background(), ref.New(), x, nil)
})

// kept is a copy of it that may be changed.
func kept(t testing.TB) *Classifier {
	t.Helper()
	of, err := once()
	if err != nil {
		t.Fatal(err)
	}
	c := *of
	c.Classes = slices.Clone(c.Classes)
	c.moments = feature.Moments{Mean: slices.Clone(c.moments.Mean), RStd: slices.Clone(c.moments.RStd)}
	c.linear.Weight, c.linear.Bias = slices.Clone(c.linear.Weight), slices.Clone(c.linear.Bias)
	return &c
}

func TestALoadedClassifierIsTheOneThatWasSaved(t *testing.T) {
	path, c := filepath.Join(t.TempDir(), "classes.safetensors"), kept(t)
	if len(c.Conflicts) != 1 || c.Estimate.Images == 0 || c.sharpness == 1 {
		t.Fatalf("%+v: too little to lose", c)
	}
	if err := c.Save(path); err != nil {
		t.Fatal(err)
	}
	got, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	want := *c
	want.Conflicts = nil
	if !reflect.DeepEqual(got, &want) {
		t.Errorf("loaded %+v, saved %+v", got, want)
	}
	for i, x := 0, clusters(3, 1, 9).Set; i < x.Len(); i++ {
		p, err := c.Classify(x.Row(i))
		q, loadedErr := got.Classify(x.Row(i))
		if err != nil || loadedErr != nil || !slices.Equal(p, q) {
			t.Errorf("vector %d: %v, %v, loaded %v, %v", i, p, err, q, loadedErr)
		}
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Errorf("files %v, %v", left, err)
	}
}

// changed is the path of a file of a classifier, of which something was changed.
func changed(t *testing.T, change func(c *Classifier)) string {
	t.Helper()
	path, c := filepath.Join(t.TempDir(), "classes.safetensors"), kept(t)
	change(c)
	if err := c.write(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestWhatIsNoClassifierIsNeitherSavedNorLoaded(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for want, change := range map[string]func(c *Classifier){
		"number 5 of weight is NaN":              func(c *Classifier) { c.linear.Weight[5] = nan },
		"number 2 of bias is +Inf":               func(c *Classifier) { c.linear.Bias[2] = inf },
		"number 0 of mean is NaN":                func(c *Classifier) { c.moments.Mean[0] = nan },
		"number 31 of rstd is -1, need 0 or":     func(c *Classifier) { c.moments.RStd[31] = -1 },
		"rstd has 31 numbers, need 32":           func(c *Classifier) { c.moments.RStd = c.moments.RStd[:31] },
		"weight has 95 numbers, need 3 for each": func(c *Classifier) { c.linear.Weight = c.linear.Weight[:95] },
		"weight has 93 numbers, need 3 for each": func(c *Classifier) { c.linear.Weight = c.linear.Weight[:93] },
		"2 names for 3 classes":                  func(c *Classifier) { c.Classes = c.Classes[:2] },
		"1 classes, need two":                    func(c *Classifier) { c.Classes = c.Classes[:1] },
		`two classes are called "c"`:             func(c *Classifier) { c.Classes[1] = "c" },
		"sharpness = 0, need above 0":            func(c *Classifier) { c.sharpness = 0 },
		"sharpness = 65, need above 0":           func(c *Classifier) { c.sharpness = 65 },
		"learnt from 0 images":                   func(c *Classifier) { c.Images = 0 },
		"16 images, 17 distinct":                 func(c *Classifier) { c.Estimate.Distinct = 17 },
		"1.5 in an estimate":                     func(c *Classifier) { c.Estimate.Interval.High = 1.5 },
	} {
		path := changed(t, change)
		_, err := Load(path)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("loaded: %v, want %q", err, want)
		}
		c := kept(t)
		change(c)
		other := filepath.Join(t.TempDir(), "x")
		if err := c.Save(other); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("saved: %v, want %q", err, want)
		}
		if _, err := os.Stat(other); err == nil {
			t.Errorf("%s: a file was written", want)
		}
	}
}

// replaced writes a file of arrays that none of a classifier need be.
func replaced(t *testing.T, a checkpoint.Source, meta map[string]string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.safetensors")
	if err := checkpoint.Replace(path, a, nil, meta); err != nil {
		t.Fatal(err)
	}
	return path
}

// some are arrays of any names.
type some []string

func (s some) Each(f func(name string, v []float32) error) error {
	for _, name := range s {
		if err := f(name, []float32{1, 2}); err != nil {
			return err
		}
	}
	return nil
}

func TestLoadSaysWhatAFileIs(t *testing.T) {
	ours, newer := map[string]string{versionKey: version}, map[string]string{versionKey: "2"}
	torn := changed(t, func(*Classifier) {})
	whole, err := os.ReadFile(torn)
	if err == nil {
		err = os.WriteFile(torn, whole[:len(whole)-9], 0o644)
	}
	large := filepath.Join(t.TempDir(), "large")
	if err == nil {
		err = os.WriteFile(large, nil, 0o644)
	}
	if err == nil {
		err = os.Truncate(large, mostBytes+1)
	}
	if err != nil {
		t.Fatal(err)
	}
	text := map[string]string{versionKey: version, storedKey: `{"classes": []} x`}
	unknown := map[string]string{versionKey: version, storedKey: `{"klasses": []}`}
	for want, path := range map[string]string{
		"not a classifier: amdim classify":               replaced(t, some{"mean"}, nil),
		`a classifier of version "2", of which`:          replaced(t, some{"mean"}, newer),
		"5 arrays, need 4":                               replaced(t, append(some{"x"}, arrayNames...), ours),
		"array bias is missing":                          replaced(t, some{"mean", "rstd", "weight", "x"}, ours),
		"amdim.classifier: EOF":                          replaced(t, some(arrayNames), ours),
		"amdim.classifier: 1 bytes after the end":        replaced(t, some(arrayNames), text),
		`unknown field "klasses"`:                        replaced(t, some(arrayNames), unknown),
		"cut off":                                        torn,
		"1073741825 bytes: not a classifier, which has ": large,
		"folder, not a regular file":                     t.TempDir(),
	} {
		if _, err := Load(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if _, err := Load(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

func TestASaveThatFailsLeavesTheOldFile(t *testing.T) {
	path, c := changed(t, func(*Classifier) {}), kept(t)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	c.linear.Weight[0] = float32(math.NaN())
	if err := c.Save(path); err == nil {
		t.Error("no error")
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, before) {
		t.Errorf("another file, %v", err)
	}
}
