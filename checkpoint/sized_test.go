package checkpoint

import (
	"os"
	"path/filepath"
	"testing"
)

// onDevice is arrays that are costly to read.
type onDevice struct {
	*arrays
	read int // times
}

func (d *onDevice) Each(f func(name string, v []float32) error) error {
	d.read++
	return d.arrays.Each(f)
}

func (d *onDevice) Sizes(f func(name string, n int) error) error {
	for _, name := range d.names {
		if err := f(name, len(d.v[name])); err != nil {
			return err
		}
	}
	return nil
}

func TestArraysOfADeviceAreReadOnce(t *testing.T) {
	dir := t.TempDir()
	plain, path := filepath.Join(dir, "plain.safetensors"), filepath.Join(dir, "x.safetensors")
	d := &onDevice{arrays: testArrays()}
	if err := Write(path, d, testVars, nil); err != nil || d.read != 1 {
		t.Errorf("read %d times to be written, %v", d.read, err)
	}
	if err := Write(plain, testArrays(), testVars, nil); err != nil {
		t.Fatal(err)
	}
	got, errGot := os.ReadFile(path)
	want, errWant := os.ReadFile(plain)
	if errGot != nil || errWant != nil || string(got) != string(want) {
		t.Errorf("the files differ, %v, %v", errGot, errWant)
	}
	r, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	d.read = 0
	for name, restore := range map[string]func(Target) error{"all": r.Restore, "weights": r.RestoreWeights} {
		if err := restore(d); err != nil || d.read != 0 {
			t.Errorf("%s: read %d times to be restored, %v", name, d.read, err)
		}
		_ = restore(Finite(d)) // it refuses what is not finite
		if d.read != 0 {
			t.Errorf("%s: Finite reads the arrays", name)
		}
	}
}
