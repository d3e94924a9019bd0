package train

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/graph"
)

// elsewhere is a task of other images with another seed, which begins with the weights of a run.
func elsewhere(t *testing.T, run string) Task {
	task := tinyTask(t, 1)
	task.Data, task.DataSpec, task.Train.Seed, task.Init = noise{n: 26, seed: 2, bad: -1}, "other", 8, run
	return task
}

// arrays are those of a checkpoint, as text.
func arrays(t *testing.T, path string) map[string]string {
	t.Helper()
	c, err := checkpoint.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	all := map[string]string{}
	err = c.Each(func(name string, v []float32) error {
		all[name] = fmt.Sprint(v)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestRunBeginsWithTheWeightsOfAnother(t *testing.T) {
	old, dir := t.TempDir(), t.TempDir()
	mustRun(t, tinyTask(t, 1), Options{Out: old, MaxSteps: 7})
	var first map[string]string
	mustRun(t, elsewhere(t, old), Options{
		Out: dir, MaxSteps: 3, OnStart: func(Status) { first = arrays(t, CheckpointPath(dir)) },
	})
	kept, drawn := 0, 0
	for name, v := range arrays(t, CheckpointPath(old)) {
		same := first[name] == v
		switch part, _, _ := strings.Cut(name, "."); {
		case graph.IsSlot(name):
			if strings.Trim(first[name], "[0 ]") != "" {
				t.Errorf("%s begins with %.60s", name, first[name])
			}
		case part == "linear" || part == "mlp":
			if drawn++; same && strings.HasSuffix(name, ".weight") {
				t.Errorf("%s is that of the other run, whose classes are others", name)
			}
		default:
			if kept++; !same {
				t.Errorf("%s is not that of the other run", name)
			}
		}
	}
	if kept < 20 || drawn < 4 {
		t.Errorf("%d weights kept and %d drawn, want the encoder and two heads, and two probes", kept, drawn)
	}
	c, err := checkpoint.Open(CheckpointPath(old))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	want := checkpoint.Origin{Checksum: c.Checksum(), Step: 7, Data: metaOf(t, old).Data}
	if m := metaOf(t, dir); m.Step != 3 || m.Init == nil || !reflect.DeepEqual(*m.Init, want) {
		t.Errorf("after %d updates the checkpoint names %+v, want %+v", m.Step, m.Init, want)
	}
}

func TestRunThatBeganWithWeightsResumesWithoutThem(t *testing.T) {
	old, whole, parts := t.TempDir(), t.TempDir(), t.TempDir()
	mustRun(t, tinyTask(t, 1), Options{Out: old, MaxSteps: 7})
	mustRun(t, elsewhere(t, old), Options{Out: whole})
	mustRun(t, elsewhere(t, CheckpointPath(old)), Options{Out: parts, MaxSteps: 2})
	if err := os.RemoveAll(old); err != nil {
		t.Fatal(err)
	}
	mustRun(t, elsewhere(t, old), Options{Out: parts, Resume: true})
	if mustRead(t, CheckpointPath(whole)) != mustRead(t, CheckpointPath(parts)) {
		t.Error("checkpoints differ")
	}
}

func TestAGroupBeginsWithTheWeightsThatTheFirstProcessReads(t *testing.T) {
	old, one, root := t.TempDir(), t.TempDir(), t.TempDir()
	mustRun(t, tinyTask(t, 1), Options{Out: old, MaxSteps: 7})
	mustRun(t, elsewhere(t, old), Options{Out: one, MaxSteps: 5})
	mustEndAlike(t, runGroup(t, root, 2, Options{MaxSteps: 5}, func(rank int, k *Task, _ *Options) {
		e := k.Engine
		*k = elsewhere(t, old)
		if k.Engine = e; rank == 1 {
			k.Init = "not on this host"
		}
	}), 5)
	if mustRead(t, CheckpointPath(one)) != mustRead(t, CheckpointPath(filepath.Join(root, "0"))) {
		t.Error("checkpoints differ")
	}
}

func TestHeadsThatAreNotThereBeginAtRandom(t *testing.T) {
	old, dir := t.TempDir(), t.TempDir()
	mustRun(t, tinyTask(t, 1), Options{Out: old, MaxSteps: 2})
	task := elsewhere(t, old)
	task.Model.Mix.K, task.Model.Mix.Tau = 3, 1
	var notices []string
	mustRun(t, task, Options{Out: dir, MaxSteps: 2, OnNotice: func(format string, args ...any) {
		notices = append(notices, fmt.Sprintf(format, args...))
	}})
	want := old + " lacks a part of the network, or has it in another size: mix begins with random weights"
	if len(notices) != 1 || notices[0] != want {
		t.Errorf("notices %q, want %q", notices, want)
	}
	if m := metaOf(t, dir); !slices.Equal(m.Init.Random, []string{"mix"}) {
		t.Errorf("the checkpoint says that %q began at random", m.Init.Random)
	}
	if weights := arrays(t, CheckpointPath(dir)); len(weights) <= len(arrays(t, CheckpointPath(old))) {
		t.Error("the network has no mixture")
	}
}

// What a run begins with must outlast a kill before its own first checkpoint.
func TestRunDoesNotOverwriteWhatItBeginsWith(t *testing.T) {
	dir := t.TempDir()
	mustRun(t, tinyTask(t, 1), Options{Out: dir, MaxSteps: 7, KeepEpochs: []int{1}})
	if err := os.Symlink(dir, dir+"-link"); err != nil {
		t.Skip("symlink:", err)
	}
	for _, init := range []string{dir, EpochPath(dir, 1), dir + "-link"} {
		refuses(t, init, dir, elsewhere(t, init), Options{Out: dir, Overwrite: true},
			"begin with "+init+": it would be deleted with the run in "+dir)
	}
}

func TestRunNamesAllThatItsWeightsLearntFrom(t *testing.T) {
	first, second, third := t.TempDir(), t.TempDir(), t.TempDir()
	mustRun(t, tinyTask(t, 1), Options{Out: first, MaxSteps: 2})
	mustRun(t, elsewhere(t, first), Options{Out: second, MaxSteps: 2})
	if others := metaOf(t, second).Others(); len(others) != 1 || others[0].Data.Spec != "noise" {
		t.Errorf("the second learnt before from %+v", others)
	}
	mustRun(t, elsewhere(t, second), Options{Out: third, MaxSteps: 2})
	if others := metaOf(t, third).Others(); len(others) != 1 || others[0].Data.Spec != "noise" {
		t.Errorf("the third learnt before from %+v, and from its own images", others)
	}
	if others := metaOf(t, first).Others(); others != nil {
		t.Errorf("the first learnt before from %+v", others)
	}
}

func TestRunSaysThatTheListOfTheOtherIsNotItsOwn(t *testing.T) {
	old, dir := t.TempDir(), t.TempDir()
	task := without(t, 3)
	mustRun(t, task, Options{Out: old, MaxSteps: 2})
	var notices []string
	mustRun(t, elsewhere(t, old), Options{Out: dir, MaxSteps: 1, OnNotice: func(format string, args ...any) {
		notices = append(notices, fmt.Sprintf(format, args...))
	}})
	want := old + " left out 1 image by a list, and this run has no list"
	if len(notices) != 1 || notices[0] != want {
		t.Errorf("notices %q, want %q", notices, want)
	}
}

func TestWeightsOfAnotherNetworkAreRefused(t *testing.T) {
	old, dir := t.TempDir(), t.TempDir()
	task := scheduled(t, 3, 1e-3, [2]float64{})
	task.Settings = fmt.Appendf(nil, `{"model":%s}`, asJSON(t, task.Model))
	mustRun(t, task, Options{Out: old, MaxSteps: 2})
	mustRun(t, tinyTask(t, 1), Options{Out: dir, MaxSteps: 2})
	damaged := filepath.Join(t.TempDir(), "damaged.safetensors")
	text := []byte(mustRead(t, CheckpointPath(old)))
	text[len(text)-9] ^= 1
	if err := os.WriteFile(damaged, text, 0o644); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*Task){
		"begin with " + old + ": its model.n_rkhs is 16, not 20": func(k *Task) { k.Model.NRKHS = 20 },
		"its model.mean is [0.4":                                 func(k *Task) { k.Model.Mean[0] = 0.5 },
		"its model.std is [0.2":                                  func(k *Task) { k.Model.Std[2] = 0.5 },
		"damaged":                                                func(k *Task) { k.Init = damaged },
		"no such run folder or checkpoint":                       func(k *Task) { k.Init = old + "x" },
		"has no checkpoint.safetensors":                          func(k *Task) { k.Init = t.TempDir() },
	} {
		task := elsewhere(t, old)
		change(&task)
		refuses(t, want, dir, task, Options{Out: dir, Overwrite: true}, want)
	}
}

// The settings of another program are not read; the sizes tell.
func TestAnEncoderOfOtherSizesIsRefused(t *testing.T) {
	old, dir := t.TempDir(), t.TempDir()
	mustRun(t, tinyTask(t, 1), Options{Out: old, MaxSteps: 2})
	task := elsewhere(t, old)
	task.Model.NDF = 2
	refuses(t, "half the width", dir, task, Options{Out: dir}, "the network needs")
}
