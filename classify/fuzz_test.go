package classify

import (
	"path/filepath"
	"reflect"
	"testing"

	"github.com/amdim/amdim/checkpoint"
)

// What is accepted classifies a vector, and is the same when it is saved and loaded. The bytes
// of a file are FuzzRead's, in package checkpoint: here a file's checksum would refuse them.
func FuzzParse(f *testing.F) {
	path := filepath.Join(f.TempDir(), "classes.safetensors")
	if err := kept(f).Save(path); err != nil {
		f.Fatal(err)
	}
	r, err := checkpoint.Open(path)
	if err != nil {
		f.Fatal(err)
	}
	good := r.Meta[storedKey]
	r.Close()
	const two = `{"classes":[{"name":"a"},{"name":"b","bytes":"/w=="}],"images":3,"sharpness":1}`
	for _, text := range []string{good, two, "{}", "null", "[]", two + "{}", ""} {
		f.Add(text, uint8(32), uint8(32), uint8(96), uint8(3), uint8(1))
		f.Add(text, uint8(1), uint8(1), uint8(2), uint8(2), uint8(200))
	}
	f.Fuzz(func(t *testing.T, text string, mean, rstd, weight, bias, seed uint8) {
		a := arrays{
			"mean": numbers(mean, seed), "rstd": numbers(rstd, 0),
			"weight": numbers(weight, seed), "bias": numbers(bias, seed),
		}
		c, err := parse(text, a)
		if err != nil {
			return
		}
		p, err := c.Classify(make([]float32, c.linear.Dim))
		if err == nil && len(p) != len(c.Classes) {
			t.Fatalf("%d probabilities of %d classes", len(p), len(c.Classes))
		}
		path := filepath.Join(t.TempDir(), "x")
		if err := c.Save(path); err != nil {
			t.Fatal(err)
		}
		if again, err := Load(path); err != nil || !reflect.DeepEqual(again, c) {
			t.Fatalf("%+v, then %+v, %v", c, again, err)
		}
	})
}

// numbers are n of them, from 0 on for seed 0, some below and large for others.
func numbers(n, seed uint8) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(i)
		if seed > 0 {
			v[i] = (float32(i) - float32(seed)) * float32(seed) * float32(seed)
		}
	}
	return v
}
