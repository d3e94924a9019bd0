package original

import (
	"bytes"
	"compress/gzip"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/cpu"
	"github.com/amdim/amdim/format/torchfile"
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/tensor"
)

// The means and deviations of testdata/make.py.
var (
	mean = [3]float64{0.49, 0.48, 0.45}
	std  = [3]float64{0.25, 0.24, 0.26}
)

// unpack writes a file of testdata, or of $AMDIM_ORIGINAL, without its gzip to a
// folder of the test.
func unpack(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv("AMDIM_ORIGINAL")
	if dir == "" {
		dir = "testdata"
	}
	packed, err := os.ReadFile(filepath.Join(dir, name+".gz"))
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func mustOpen(t testing.TB, path string) *Checkpoint {
	t.Helper()
	c, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// imports are the checkpoints of testdata and what their networks have.
var imports = []struct {
	name    string
	px      int
	ndf     int
	r       int
	depth   int
	useBN   bool
	tclip   float64
	updates int
}{
	{"px32", 32, 3, 13, 2, false, 20, 70000},
	{"px32_bn", 32, 2, 9, 3, true, 17.5, 70000},
	{"px64", 64, 2, 17, 2, false, 20, 70000},
	{"px64_bn", 64, 1, 8, 2, true, 17.5, 70000},
	{"px128", 128, 2, 16, 1, false, 20, 70000},
	{"px128_bn", 128, 1, 11, 2, true, 17.5, 70000},
	{"px32_first", 32, 2, 8, 2, false, 20, 700}, // which stored no hyperparameters
}

func TestImportedNetworksComputeTheSame(t *testing.T) {
	for _, c := range imports {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := mustOpen(t, unpack(t, c.name+".pth"))
			want := model.Config{Px: c.px, NDF: c.ndf, NRKHS: c.r, NDepth: c.depth, UseBN: c.useBN,
				Lambda: 4e-2, TClip: c.tclip}
			if !reflect.DeepEqual(o.Model, want) || o.Classes != 5 || o.Step != c.updates || o.Epoch != 4 {
				t.Fatalf("%+v, %d classes, update %d, epoch %d; want %+v, 5, %d, 4",
					o.Model, o.Classes, o.Step, o.Epoch, want, c.updates)
			}
			expected, err := torchfile.Open(unpack(t, c.name+".expected.pth"))
			if err != nil {
				t.Fatal(err)
			}
			defer expected.Close()
			compare(t, o.Model, o, expected.Root)
		})
	}
}

// compare runs a network in float32 on the images of a file of make.py and holds
// f1, φ5 and φ7 to what PyTorch computed of them.
func compare(t *testing.T, m model.Config, weights checkpoint.Source, expected *torchfile.Dict) {
	t.Helper()
	m.Mean, m.Std = mean, std
	e, err := cpu.New(cpu.Config{Precision: cpu.F32, Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	images := floats(t, expected, "images")
	in := tensor.NewUint8(len(images)/(m.Px*m.Px*3), m.Px, m.Px, 3)
	for i, x := range images {
		in.U8[i] = uint8(x)
	}
	bound, err := m.Encode("f1", "phi5", "phi7").Bind(in.Shape[0], 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	state, err := e.NewState(bound.Vars, engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer state.Close()
	needed := map[string]bool{}
	for _, v := range bound.Vars {
		needed[v.Name] = true
	}
	err = weights.Each(func(name string, v []float32) error {
		if !needed[name] {
			return nil
		}
		delete(needed, name)
		return state.Set(name, v)
	})
	if err != nil || len(needed) > 0 {
		t.Fatalf("%v, not set: %v", err, needed)
	}
	exec, err := state.Compile(bound)
	if err != nil {
		t.Fatal(err)
	}
	out := engine.Outputs(bound)
	if err := exec.Forward([]tensor.Tensor{in}, out); err != nil {
		t.Fatal(err)
	}
	for i, o := range bound.Outputs {
		want := floats(t, expected, o.Name)
		worst := 0.0
		for j, x := range out[i].F32 {
			worst = max(worst, math.Abs(float64(x)-float64(want[j])))
		}
		if len(want) != len(out[i].F32) || !(worst <= 1e-4) { // numbers are of the order 1 to 10
			t.Errorf("%s: largest difference %.2g", o.Name, worst)
		}
	}
}

func floats(t *testing.T, d *torchfile.Dict, key string) []float32 {
	t.Helper()
	v, _ := d.Value(key)
	x, ok := v.(*torchfile.Tensor)
	if !ok {
		t.Fatalf("no tensor %s", key)
	}
	f, err := x.Float32s()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// broken is the state dict of a sound network with one thing wrong.
func broken(t *testing.T, change func(root, state *torchfile.Dict)) error {
	t.Helper()
	f, err := torchfile.Open(unpack(t, "px32.pth"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	old, _ := f.Root.Value("model")
	state := torchfile.NewDict()
	for _, key := range old.(*torchfile.Dict).Keys() {
		v, _ := old.(*torchfile.Dict).Value(key)
		state.Set(key, v)
	}
	f.Root.Set("model", state)
	change(f.Root, state)
	_, err = parse(f.Root)
	return err
}

func TestWrongCheckpointsAreNamed(t *testing.T) {
	const (
		conv = "encoder.module.layer_list.5.layer_list.1.conv1.weight"
		stem = "encoder.module.layer_list.0.conv.weight"
	)
	hyper := func(key string, v any) func(root, _ *torchfile.Dict) {
		return func(root, _ *torchfile.Dict) {
			h, _ := root.Value("hyperparams")
			h.(*torchfile.Dict).Set(key, v)
		}
	}
	without := func(key string) func(root, state *torchfile.Dict) {
		return func(root, state *torchfile.Dict) {
			less := torchfile.NewDict()
			for _, k := range state.Keys() {
				if v, _ := state.Value(k); k != key {
					less.Set(k, v)
				}
			}
			root.Set("model", less)
		}
	}
	empty := torchfile.NewTensor(torchfile.Float32, []int{3}, nil)
	for _, c := range []struct {
		name, want string
		change     func(root, state *torchfile.Dict)
	}{
		{"missing", "lacks " + conv, without(conv)},
		{"no stem", "lacks " + stem, without(stem)},
		{"shape", conv + " has shape [3]", func(_, s *torchfile.Dict) { s.Set(conv, empty) }},
		{"unknown", "has encoder.module.fc.weight, which", func(_, s *torchfile.Dict) {
			s.Set("encoder.module.fc.weight", empty)
		}},
		{"no tensor", `"text" holds no tensor`, func(_, s *torchfile.Dict) { s.Set("text", "tensor") }},
		{"no state", "not a dictionary", func(r, _ *torchfile.Dict) { r.Set("model", "x") }},
		{"ndf", "ndf = 4, the tensors are of a network with 3", hyper("ndf", int64(4))},
		{"side", "encoder_size = 64", hyper("encoder_size", int64(64))},
		{"depth", "n_depth = 3", hyper("n_depth", int64(3))},
		{"tclip", "tclip = -1", hyper("tclip", -1.0)},
		{"use_bn", "use_bn = yes", hyper("use_bn", "yes")},
		{"cursor", "info_step = -3", func(r, _ *torchfile.Dict) {
			d := torchfile.NewDict()
			d.Set("info_step", int64(-3))
			r.Set("cursor", d)
		}},
		{"preprocessing", "preprocessing: ", func(r, _ *torchfile.Dict) {
			r.Set("preprocessing", torchfile.NewDict())
		}},
	} {
		err := broken(t, c.change)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	if err := broken(t, func(r, _ *torchfile.Dict) { r.Set("hyperparams", nil) }); err != nil {
		t.Errorf("without hyperparameters: %v", err)
	}
}

// A state dict may be all that was saved, and its network may have stood outside
// DataParallel, or inside as a whole.
func TestOtherKeysOfTheSameNetwork(t *testing.T) {
	f, err := torchfile.Open(unpack(t, "px32.pth"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	v, _ := f.Root.Value("model")
	state := v.(*torchfile.Dict)
	for name, rename := range map[string]func(string) string{
		"outside": func(key string) string { return strings.Replace(key, "encoder.module.", "encoder.", 1) },
		"inside":  func(key string) string { return "module." + key },
	} {
		root := torchfile.NewDict()
		for _, key := range state.Keys() {
			v, _ := state.Value(key)
			root.Set(rename(key), v)
		}
		c, err := parse(root)
		if err != nil || c.Model.NDF != 3 || c.Classes != 5 {
			t.Errorf("%s: %v", name, err)
		}
		root.Set("encoder.module.layer_list.0.conv.bias", torchfile.NewTensor(torchfile.Float32, []int{3}, nil))
		if _, err := parse(root); err == nil || !strings.Contains(err.Error(), "two tensors for") {
			t.Errorf("%s, one key twice: %v", name, err)
		}
	}
}

// FuzzOpen feeds files in which bytes of a sound one are changed.
func FuzzOpen(f *testing.F) {
	for _, name := range []string{"px64_bn.pth", "px32_bn.pth"} {
		whole, err := os.ReadFile(unpack(f, name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(whole)
	}
	path := filepath.Join(f.TempDir(), "x.pth")
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		if c, err := Open(path); err == nil {
			c.Each(func(string, []float32) error { return nil })
			c.Close()
		}
	})
}
