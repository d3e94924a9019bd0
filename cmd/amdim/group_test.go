package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/enginetest"
	"github.com/amdim/amdim/train"
)

// Without libtorch several processes are refused before anything is made; verbs
// that train nothing run as ever.
func TestManyProcessesNeedLibtorch(t *testing.T) {
	for name, v := range map[string]string{
		"WORLD_SIZE": "4", "RANK": "0", "MASTER_ADDR": "localhost", "MASTER_PORT": "29500",
	} {
		t.Setenv(name, v)
	}
	dir := filepath.Join(t.TempDir(), "run")
	_, _, err := execute(tiny(dir)...)
	want := "WORLD_SIZE is 4: this amdim was built without libtorch: make torch builds one"
	if err == nil || !strings.HasPrefix(err.Error(), want) || exitCode(err) != exitUsage {
		t.Errorf("%v, want %s", err, want)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("a refused run made its folder")
	}
	if _, _, err := execute("version"); err != nil {
		t.Error(err)
	}
}

// said is what one process of a group printed and how it ended.
type said struct {
	out, messages string
	err           error
}

// executeIn runs pretrain in a group of two, each with arguments of its own.
func executeIn(args ...[]string) []said {
	all := make([]said, len(args))
	var done sync.WaitGroup
	for rank, m := range enginetest.Groups(len(args)) {
		done.Go(func() { all[rank] = executeAs(m, m.Leave, args[rank]) })
	}
	done.Wait()
	return all
}

// executeAs runs pretrain as one process of a group.
func executeAs(g engine.Group, leave func(), args []string) said {
	var out, messages bytes.Buffer
	c := pretrainCommandIn(func(context.Context, time.Duration) (engine.Group, func(), error) {
		return g, leave, nil
	})
	c.SilenceErrors, c.SilenceUsage = true, true
	c.SetArgs(args[1:]) // behind the verb
	c.SetOut(&out)
	c.SetErr(&messages)
	err := c.Execute()
	return said{out.String(), messages.String(), err}
}

// placed is a member that knows its host.
type placed struct {
	engine.Group
	rank, size int
}

func (p placed) LocalRank() int    { return p.rank }
func (p placed) LocalSize() int    { return p.size }
func (p placed) LocalThreads() int { return 12 }

// Eight processes that each took a quarter of the machine's memory would need two
// machines, and they would start eight threads on every processor.
func TestProcessesOfAHostShareIt(t *testing.T) {
	var alone, third, told pretrain
	alone.place(nil)
	told.engine.threads = 2
	told.place(placed{enginetest.Groups(2)[0], 2, 8})
	third.place(placed{enginetest.Groups(2)[0], 2, 8})
	settings := config.CIFAR10Small()
	one, eighth := alone.reading(settings), third.reading(settings)
	if one != settings.Reading() || eighth.Memory != one.Memory/8 || third.engine.local != 2 {
		t.Errorf("alone %+v, one of eight %+v on GPU %d", one, eighth, third.engine.local)
	}
	for _, c := range []struct {
		p    pretrain
		want int
	}{{alone, 0}, {third, 12}, {told, 2}} {
		if n := c.p.engine.onProcessor(); n != c.want {
			t.Errorf("%d threads, want %d", n, c.want)
		}
	}
}

// The second process has no folder: what it needs of the run comes from the first.
func TestAGroupTrainsAndResumes(t *testing.T) {
	dir := t.TempDir()
	run := filepath.Join(dir, "run")
	for i, more := range [][]string{{"--max-steps", "4"}, {"--json"}} {
		var lines [][]string
		for rank := range 2 {
			line := tiny(run, append(more, "--resume=auto", "--precision", "f32")...)
			if i > 0 {
				line = append([]string{"pretrain", "--resume", "--out", run}, more...)
			}
			if rank > 0 {
				line = append(line, "--out", filepath.Join(dir, strconv.Itoa(rank)))
			}
			lines = append(lines, line)
		}
		all := executeIn(lines...)
		for rank, s := range all {
			if s.err != nil || (s.out == "") != (rank > 0) || rank > 0 && s.messages != "" {
				t.Fatalf("rank %d: %v, printed %q and %q", rank, s.err, s.out, s.messages)
			}
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "1")); err == nil {
		t.Error("rank 1 made a folder")
	}
	records := withoutClock(t, run)
	if n := len(records); n != 7 || records[n-1].Step != 15 || records[n-1].World != 2 {
		t.Errorf("records %+v", records)
	}
}

func TestAnErrorOfOneProcessEndsAll(t *testing.T) {
	run := filepath.Join(t.TempDir(), "run")
	good := tiny(run)
	for _, c := range []struct {
		first, second []string
		want          string
	}{
		{good, tiny(run, "--lr", "0.002"), "rank 1 has train.lr = 0.002, rank 0 has 0.001"},
		{good, tiny(run, "--data", "folder:missing"), "missing"},
		{tiny(run, "--data", "folder:missing"), good, "missing"},
		{good, tiny(run, "--engine", "gpu"), `--engine "gpu"`},
		{good, tiny(run, "--epochs", "0"), "epochs = 0"},
		{good, []string{"pretrain"}, "--out is missing"},
		{tiny(run, "--resume"), good, "the folder holds no run"},
		{tiny(run, "--ui", "nowhere"), good, "--ui nowhere"},
		{tiny(run, "--batch", "5"), tiny(run, "--batch", "5"), "batch = 5 does not divide among 2 processes"},
	} {
		for rank, s := range executeIn(c.first, c.second) {
			if s.err == nil || !strings.Contains(s.err.Error(), c.want) || strings.Contains(s.err.Error(), "\n") {
				t.Errorf("%q: rank %d: %v, want it in one line", c.want, rank, s.err)
			}
			if rank == 1 && s.err != nil && !strings.HasPrefix(s.err.Error(), "rank 1: ") {
				t.Errorf("%q: rank 1 says %v", c.want, s.err)
			}
		}
		if _, err := os.Stat(run); err == nil {
			t.Fatalf("%q: a run was begun", c.want)
		}
	}
}

// dying is a member that is lost in its twelfth sum, after the run has begun.
type dying struct {
	*enginetest.Member
	sums int
}

func (d *dying) Sum(x []float32) error {
	if d.sums++; d.sums == 12 {
		d.Leave()
	}
	return d.Member.Sum(x)
}

func TestALostProcessSaysHowToGoOn(t *testing.T) {
	run := filepath.Join(t.TempDir(), "run")
	line := tiny(run, "--checkpoint-steps", "1")
	m := enginetest.Groups(2)
	var first said
	var done sync.WaitGroup
	done.Go(func() { first = executeAs(m[0], m[0].Leave, line) })
	executeAs(&dying{Member: m[1]}, m[1].Leave, line)
	done.Wait()
	const want = ": start all processes again with --resume"
	if !errors.Is(first.err, train.ErrLost) || !strings.HasSuffix(first.err.Error(), want) {
		t.Errorf("%v, want %q", first.err, want)
	}
}

// A launcher repeats one command: it begins the run, then goes on with it.
func TestResumeAutoRepeatsTheSameCommand(t *testing.T) {
	whole, parts := t.TempDir(), filepath.Join(t.TempDir(), "run")
	if _, _, err := execute(tiny(whole, "--precision", "f32")...); err != nil {
		t.Fatal(err)
	}
	for _, more := range [][]string{{"--max-steps", "4"}, {"--max-steps", "9"}, nil, nil} {
		more = append(more, "--precision", "f32", "--resume=auto")
		if _, _, err := execute(tiny(parts, more...)...); err != nil {
			t.Fatal(err)
		}
	}
	if read(t, train.CheckpointPath(whole)) != read(t, train.CheckpointPath(parts)) {
		t.Error("checkpoints differ")
	}
	var r pretrainResult
	out, _, err := execute(tiny(parts, "--precision", "f32", "--resume=auto", "--json")...)
	if err != nil || json.Unmarshal([]byte(out), &r) != nil || r.Step != 15 {
		t.Errorf("a finished run: %v, %q", err, out)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{tiny(parts, "--resume=auto", "--seed", "9"), "train.seed is 1, not 9"},
		{tiny(parts, "--resume=auto", "--overwrite"), "cannot be combined"},
		{tiny(parts, "--resume=perhaps"), "need --resume, --resume=auto or --resume=false"},
		{tiny(parts, "--resume=false"), "the folder holds a run"},
	} {
		if _, _, err := execute(c.args...); exitCode(err) != exitUsage || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
	// Only the checkpoint before is left: that is no reason to begin anew over it.
	path := train.CheckpointPath(parts)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, _, err := execute(tiny(parts, "--resume=auto")...); err == nil ||
		!strings.Contains(err.Error(), "copy "+checkpoint.Previous(path)) {
		t.Errorf("%v", err)
	}
}
