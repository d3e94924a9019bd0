package classify

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/embedding"
	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/feature"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/rawtext"
)

// In the metadata of a classifier's file: the version of its form, and what is no array.
const (
	versionKey = "amdim.classifier.version"
	storedKey  = "amdim.classifier"
	version    = "1"
)

// stored is a Classifier in JSON, besides its arrays.
type stored struct {
	Classes   []storedName     `json:"classes"`
	Images    int              `json:"images"`
	Model     embedding.Origin `json:"model"`
	Estimate  Estimate         `json:"cross_validation"`
	Sharpness float64          `json:"sharpness"`
}

// storedName is the name of a class, as package rawtext says.
type storedName struct {
	Name  string `json:"name"`
	Bytes []byte `json:"bytes,omitempty"`
}

// arrays are those of a file: mean and rstd (Dim), weight (Dim, Classes), bias (Classes).
type arrays map[string][]float32

var arrayNames = []string{"mean", "rstd", "weight", "bias"} // in the order of a file

// Each calls f for every array.
func (a arrays) Each(f func(name string, v []float32) error) error {
	for _, name := range arrayNames {
		if err := f(name, a[name]); err != nil {
			return err
		}
	}
	return nil
}

// Save keeps a classifier in one file, in the safetensors format; by custom its name ends in
// .safetensors. An existing file is replaced atomically: if Save fails, it stays. All is kept
// but Conflicts, which are about the labelled images.
func (c *Classifier) Save(path string) error {
	err := c.check()
	if err == nil {
		err = c.write(path)
	}
	if err != nil {
		return fmt.Errorf("classify: save: %w", err)
	}
	return nil
}

func (c *Classifier) write(path string) error {
	s := stored{Images: c.Images, Model: c.Model, Estimate: c.Estimate, Sharpness: c.sharpness}
	for _, name := range c.Classes {
		s.Classes = append(s.Classes, storedName{rawtext.InJSON(name), rawtext.Bytes(name)})
	}
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	meta := map[string]string{versionKey: version, storedKey: string(text)}
	weight := graph.Var{Name: "weight", Shape: []int{c.linear.Dim, c.linear.Classes}}
	a := arrays{"mean": c.moments.Mean, "rstd": c.moments.RStd, "weight": c.linear.Weight, "bias": c.linear.Bias}
	return checkpoint.Replace(path, a, []graph.Var{weight}, meta)
}

// mostBytes is how large a file Load reads: 50,000 classes of vectors of 5,000 numbers. A wrong
// path may name anything.
const mostBytes = 1 << 30

// Load reads a classifier that Save wrote. It gives the same bytes of probabilities. Its
// vectors are those of one network, Classifier.Model: compare it with that of others before
// their vectors are classified.
func Load(path string) (*Classifier, error) {
	c, err := load(path)
	if err != nil {
		return nil, fmt.Errorf("classify: load: %w", err)
	}
	return c, nil
}

func load(path string) (*Classifier, error) {
	info, err := os.Stat(path)
	if err == nil && info.Mode().IsRegular() && info.Size() > mostBytes {
		return nil, fmt.Errorf("%s: %d bytes: not a classifier, which has at most %d", path, info.Size(), mostBytes)
	}
	r, err := checkpoint.Open(path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	c, err := read(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}

func read(r *checkpoint.Reader) (*Classifier, error) {
	switch v, ok := r.Meta[versionKey]; {
	case !ok:
		return nil, errors.New("not a classifier: amdim classify --keep-classifier writes one, or Classifier.Save")
	case v != version:
		return nil, fmt.Errorf("a classifier of version %q, of which this program reads %s: use a newer program",
			v, version)
	case len(r.Entries) != len(arrayNames):
		return nil, fmt.Errorf("%d arrays, need %d", len(r.Entries), len(arrayNames))
	}
	a := arrays{}
	for _, name := range arrayNames {
		x, ok, err := r.Array(name)
		if err == nil && !ok {
			err = fmt.Errorf("array %s is missing", name)
		}
		if err != nil {
			return nil, err
		}
		a[name] = x
	}
	return parse(r.Meta[storedKey], a)
}

// parse makes a classifier of what a file holds.
func parse(text string, a arrays) (*Classifier, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	var s stored
	if err := d.Decode(&s); err != nil {
		return nil, fmt.Errorf("%s: %w", storedKey, err)
	}
	if rest := bytes.TrimSpace([]byte(text)[d.InputOffset():]); len(rest) > 0 {
		return nil, fmt.Errorf("%s: %d bytes after the end of the object", storedKey, len(rest))
	}
	c := &Classifier{
		Images: s.Images, Model: s.Model, Estimate: s.Estimate, sharpness: s.Sharpness,
		moments: feature.Moments{Mean: a["mean"], RStd: a["rstd"]},
		linear: eval.LinearClassifier{
			Dim: len(a["mean"]), Classes: len(a["bias"]), Weight: a["weight"], Bias: a["bias"],
		},
	}
	for _, n := range s.Classes {
		c.Classes = append(c.Classes, rawtext.Text(n.Name, n.Bytes))
	}
	return c, c.check()
}
