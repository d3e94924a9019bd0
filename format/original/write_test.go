package original

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/format/torchfile"
	"github.com/amdim/amdim/model"
)

// arraysOf are all arrays of a source.
func arraysOf(t *testing.T, s checkpoint.Source) map[string][]float32 {
	t.Helper()
	all := map[string][]float32{}
	err := s.Each(func(name string, v []float32) error {
		all[name] = slices.Clone(v)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// export writes a network beside the test and returns the path.
func export(t *testing.T, n Network) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "export.pth")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(Write(f, n), f.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

// networkOf is what Write needs of a checkpoint that was read.
func networkOf(t *testing.T, o *Checkpoint) Network {
	t.Helper()
	all := arraysOf(t, o)
	return Network{
		Model: o.Model, Classes: o.Classes, Epoch: o.Epoch, Step: o.Step,
		Images: checkpoint.Preprocessing{Size: o.Model.Px, Resize: o.Model.Px + 6, Mean: mean, Std: std},
		Array:  func(name string) ([]float32, error) { return all[name], nil },
	}
}

func TestWhatIsExportedIsImportedToTheSameBits(t *testing.T) {
	for _, c := range imports {
		o := mustOpen(t, unpack(t, c.name+".pth"))
		n := networkOf(t, o)
		again := mustOpen(t, export(t, n))
		n.Model.Mean, n.Model.Std = mean, std
		if !reflect.DeepEqual(again.Model, n.Model) || again.Classes != o.Classes || again.Epoch != o.Epoch ||
			again.Step != o.Step || *again.Images != n.Images {
			t.Errorf("%s: %+v, want %+v", c.name, again.Model, n.Model)
		}
		if !reflect.DeepEqual(arraysOf(t, again), arraysOf(t, o)) {
			t.Errorf("%s: other arrays", c.name)
		}
	}
}

// A network without labels, and without one head: what is not there is initial.
func TestWhatANetworkLacksIsInitial(t *testing.T) {
	o := mustOpen(t, unpack(t, "px32.pth"))
	n := networkOf(t, o)
	n.Classes = 0
	all := arraysOf(t, o)
	n.Model.Pairs = []model.Pair{{From: 1, To: 7}}
	n.Array = func(name string) ([]float32, error) {
		if strings.HasPrefix(name, "encoder.") || strings.HasPrefix(name, "phi7.") {
			return all[name], nil
		}
		return nil, nil
	}
	again := mustOpen(t, export(t, n))
	got := arraysOf(t, again)
	const conv = "encoder.l4.0.conv1.weight"
	if again.Classes != noClasses || !slices.Equal(got[conv], all[conv]) {
		t.Errorf("%d classes", again.Classes)
	}
	if v := got["phi5.conv2.weight"]; len(v) == 0 || slices.Max(v) != 0 {
		t.Error("the second convolution of a head that is not there is not zero")
	}
}

// PyTorch loads what Write wrote, key by key, and computes the same.
func TestTorchLoadsAnExport(t *testing.T) {
	const python = "/usr/bin/python3"
	if testing.Short() {
		t.Skip("PyTorch takes seconds to start")
	}
	const find = "import importlib.util, sys; sys.exit(importlib.util.find_spec('torch') is None)"
	if err := exec.Command(python, "-c", find).Run(); err != nil {
		t.Skipf("%s has no torch: %v", python, err)
	}
	load := []string{"testdata/make.py", "--load"}
	var loaded []*Checkpoint
	for _, name := range []string{"px32_bn", "px64"} {
		o := mustOpen(t, unpack(t, name+".pth"))
		load, loaded = append(load, export(t, networkOf(t, o))), append(loaded, o)
	}
	if out, err := exec.Command(python, load...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for i, o := range loaded {
		expected, err := torchfile.Open(load[2+i] + ".expected")
		if err != nil {
			t.Fatal(err)
		}
		defer expected.Close()
		compare(t, o.Model, o, expected.Root)
	}
}
