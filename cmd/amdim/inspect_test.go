package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/train"
)

func TestInspectShowsWhatARunHolds(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	if _, _, err := execute(tiny(dir, "--max-steps", "7")...); err != nil {
		t.Fatal(err)
	}
	out, _, err := execute("inspect", dir, "--digests")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"7 updates made: epoch 1 finished, then batch 2; seed 1; the run has 3 epochs, 7 lines in metrics.jsonl",
		"shapes:train=22,test=1: 22 images", `"ndf":4`, "3×3×3×4", "encoder.l1.weight", "of Adam not listed",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	out, _, err = execute("inspect", dir, "--verify")
	if err != nil || !strings.Contains(out, "sound: the checksum is right") {
		t.Errorf("%v, %s", err, out)
	}
	out, _, err = execute("inspect", train.CheckpointPath(dir), "--verify", "--json")
	var found inspection
	if err != nil || json.Unmarshal([]byte(out), &found) != nil || !found.Verified || len(found.Tensors) < 20 ||
		found.Faults == nil {
		t.Errorf("%v, %s", err, out)
	}
}

func TestInspectListsTheOperationsOfTheEncoder(t *testing.T) {
	run := tinyRun(t)
	out, _, err := execute("inspect", run, "--network")
	if err != nil {
		t.Fatal(err)
	}
	words := strings.Join(strings.Fields(out), " ")
	for _, want := range []string{
		" MFLOP for an image operation kind", "encoder.l1 Conv2D 3×3 s1 1×30×30×4 112 0.19 ",
		"f1 Reshape 1×16 0 0.00",
	} {
		if !strings.Contains(words, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if strings.Contains(out, "encoder.l1.weight") {
		t.Errorf("tensors are listed:\n%s", out)
	}
	if _, _, err := execute("inspect", run, "--network", "--verify"); exitCode(err) != exitUsage {
		t.Errorf("--network --verify: %v", err)
	}
}

func TestInspectVerifyListsTensorsOnlyAsJSON(t *testing.T) {
	run := tinyRun(t)
	for _, flag := range []string{"--digests", "--all"} {
		if _, _, err := execute("inspect", run, "--verify", flag); exitCode(err) != exitUsage {
			t.Errorf("--verify %s: %v", flag, err)
		}
	}
	if out := mustRun(t, "inspect --json "+run); !strings.Contains(out, `"faults": []`) {
		t.Errorf("faults that were not looked for are no list: %s", out)
	}
	out := mustRun(t, "inspect --verify --digests --json "+run)
	if !strings.Contains(out, `"verified": true`) || !strings.Contains(out, `"sha256": "`) {
		t.Errorf("printed %s", out)
	}
}

// changed is a checkpoint in memory.
type changed struct {
	names []string
	v     [][]float32
}

func (c *changed) Each(f func(name string, v []float32) error) error {
	for i, n := range c.names {
		if err := f(n, c.v[i]); err != nil {
			return err
		}
	}
	return nil
}

// rewrite copies a checkpoint to a file with changed arrays and metadata.
func rewrite(t *testing.T, from string, change func(c *changed, meta map[string]string)) string {
	t.Helper()
	r, err := checkpoint.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	c := &changed{}
	err = r.Each(func(name string, v []float32) error {
		c.names, c.v = append(c.names, name), append(c.v, slices.Clone(v))
		return nil
	})
	var vars []graph.Var
	for _, e := range r.Entries {
		if !graph.IsSlot(e.Name) {
			vars = append(vars, graph.Var{Name: e.Name, Shape: e.Shape})
		}
	}
	change(c, r.Meta)
	path := filepath.Join(t.TempDir(), "changed.safetensors")
	if err == nil {
		err = checkpoint.Write(path, c, vars, r.Meta)
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// What is wrong is named in one line, and the exit code says so; the checksum of
// these files is right.
func TestVerifyNamesWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	if _, _, err := execute(tiny(dir, "--max-steps", "7")...); err != nil {
		t.Fatal(err)
	}
	meta := func(key, value string) func(*changed, map[string]string) {
		return func(_ *changed, m map[string]string) { m["amdim."+key] = value }
	}
	replace := func(key, old, now string) func(*changed, map[string]string) {
		return func(_ *changed, m map[string]string) {
			m["amdim."+key] = strings.Replace(m["amdim."+key], old, now, 1)
		}
	}
	for _, c := range []struct {
		change func(*changed, map[string]string)
		want   string
	}{
		{func(c *changed, _ map[string]string) { c.v[0][5] = float32(math.NaN()) },
			"NaN in tensor encoder.l1.weight at index 5 (1 of 108 numbers"},
		{func(c *changed, _ map[string]string) { c.names, c.v = c.names[1:], c.v[1:] },
			"tensor encoder.l1.weight is missing"},
		{func(c *changed, _ map[string]string) { c.names[0] = "other.weight" },
			"tensor other.weight is not in the network"},
		{replace("config", `"ndf":4`, `"ndf":2`), "has shape [3 3 3 4], the network needs [3 3 3 2]"},
		{replace("config", `"px":32`, `"px":33`), "its settings describe no valid network: model: px = 33"},
		{replace("preprocessing", `"size":32`, `"size":64`), "its preprocessing is"},
		{meta("step", "6"), "counts 7 updates, not 6"},
		{meta("batch", "3"), "its 7 updates are not 1 epochs of 5 batches and 3 more"},
		{meta("batch", "5"), "it is at batch 5 of an epoch of 5"},
		{meta("seed", "4"), "its seed is 4, its settings say 1"},
		{meta("rng", "99"), "random streams are version 99"},
		{replace("config", `"batch":4`, `"batch":23`), "its data has 22 images, a batch of its settings 23"},
		{replace("config", `"epochs":3`, `"epochs":1`), "it has made 7 updates, its run has 5"},
		{meta("schedules", `[{"until":8}]`),
			"a schedule of it ends with update 8, after one that ended with update 0 of 7"},
		{meta("schedules", `[{"until":4},{"until":4}]`), "ends with update 4, after one that ended with update 4"},
	} {
		path := rewrite(t, train.CheckpointPath(dir), c.change)
		out, _, err := execute("inspect", path, "--verify")
		if !strings.Contains(out, c.want) {
			t.Errorf("want %q in\n%s", c.want, out)
		}
		if err == nil || exitCode(err) != exitFailure || strings.Contains(err.Error(), "\n") ||
			!strings.Contains(err.Error(), path) {
			t.Errorf("error %v", err)
		}
	}
}

func TestInspectRefusesWhatIsNoCheckpoint(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "photo.jpg")
	if err := os.WriteFile(file, []byte("no checkpoint at all"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"inspect"}, exitUsage, "takes one run folder or checkpoint"},
		{[]string{"inspect", file}, exitFailure, "not a safetensors file"},
		{[]string{"inspect", dir}, exitFailure, "the folder holds no run"},
		{[]string{"inspect", filepath.Join(dir, "missing")}, exitFailure, "missing: no such run folder"},
	} {
		_, _, err := execute(c.args...)
		if err == nil || exitCode(err) != c.code || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, want %q and code %d", c.args, err, c.want, c.code)
		}
	}
}
