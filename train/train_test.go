package train

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/cpu"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/optim"
	"github.com/amdim/amdim/tensor"
)

// noise is a data set of random pictures; the label is the dominant channel.
type noise struct {
	n    int
	seed uint64
	bad  int // image that cannot be read, −1: none
}

func (d noise) Len() int          { return d.n }
func (d noise) Classes() []string { return []string{"red", "green", "blue"} }
func (d noise) Label(i int) int   { return i % 3 }
func (d noise) Digest() string    { return fmt.Sprintf("noise %d %d", d.n, d.seed) }

func (d noise) Image(i int) (tensor.Image, error) {
	if i == d.bad {
		return tensor.Image{}, &data.UnreadableError{Err: errors.New("imagefile: the picture is torn")}
	}
	img := tensor.NewImage(32, 32)
	s := rng.New(d.seed, 0, i, rng.Generate)
	for j := range img.Pix {
		img.Pix[j] = uint8(s.IntN(128))
		if j%3 == i%3 {
			img.Pix[j] += 127
		}
	}
	return img, nil
}

// tinyTask learns 22 images in batches of 4: 5 updates an epoch, 3 epochs.
func tinyTask(t testing.TB, threads int) Task {
	t.Helper()
	e, err := cpu.New(cpu.Config{Precision: cpu.F32, Threads: threads})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	a := augment.CIFAR()
	return Task{
		Model: model.Config{
			Px: 32, NDF: 4, NRKHS: 16, NDepth: 1, Lambda: 4e-2, TClip: 20, Mean: a.Mean, Std: a.Std,
		},
		Augment:  a,
		Train:    Config{Batch: 4, Epochs: 3, LR: 1e-3, Adam: optim.DefaultAdam(), Seed: 7},
		Settings: json.RawMessage(`{"test":true}`),
		Data:     noise{n: 22, seed: 1, bad: -1}, DataSpec: "noise",
		Engine: e,
	}
}

func mustRun(t *testing.T, task Task, o Options) Result {
	t.Helper()
	r, err := Run(context.Background(), task, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func mustRead(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// numbers are the records of a run without what the clock decides.
func numbers(t *testing.T, folder string) []Record {
	t.Helper()
	records, err := ReadMetrics(MetricsPath(folder))
	if err != nil {
		t.Fatal(err)
	}
	for i := range records {
		r := &records[i]
		r.PairsPerSecond, r.WaitShare, r.Seconds = 0, 0, 0
	}
	return records
}

func TestResumedRunEndsInTheSameBytes(t *testing.T) {
	whole, parts := filepath.Join(t.TempDir(), "whole"), filepath.Join(t.TempDir(), "parts")
	if r := mustRun(t, tinyTask(t, 1), Options{Out: whole, LogSteps: 1}); r.Step != 15 || r.Steps != 15 {
		t.Fatalf("%d of %d updates, want 15", r.Step, r.Steps)
	}
	for i, stop := range []int{1, 4, 5, 7, 11, 15} {
		o := Options{Out: parts, LogSteps: 1, MaxSteps: stop, Resume: i > 0, CheckpointSteps: i, Threads: i + 1}
		if r := mustRun(t, tinyTask(t, i+1), o); r.Step != stop {
			t.Fatalf("%d updates, want %d", r.Step, stop)
		}
	}
	if mustRead(t, CheckpointPath(whole)) != mustRead(t, CheckpointPath(parts)) {
		t.Error("checkpoints differ")
	}
	if a, b := numbers(t, whole), numbers(t, parts); len(a) != 15 || !reflect.DeepEqual(a, b) {
		t.Errorf("records differ:\n%+v\n%+v", a, b)
	}
}

func TestAnyNumberOfThreadsGivesTheSameBytes(t *testing.T) {
	want := ""
	for _, threads := range []int{1, 2, 3, 7} {
		dir := t.TempDir()
		mustRun(t, tinyTask(t, threads), Options{Out: dir, Threads: threads, MaxSteps: 7})
		got := mustRead(t, CheckpointPath(dir))
		if want == "" {
			want = got
		}
		if got != want {
			t.Errorf("%d threads end in other bytes than 1", threads)
		}
	}
}

// A kill leaves lines of updates that the checkpoint does not hold, and half a line.
func TestResumeCutsRepeatedRecords(t *testing.T) {
	dir := t.TempDir()
	mustRun(t, tinyTask(t, 1), Options{Out: dir, LogSteps: 1, MaxSteps: 4})
	kept := mustRead(t, CheckpointPath(dir))
	mustRun(t, tinyTask(t, 1), Options{Out: dir, LogSteps: 1, MaxSteps: 9, Resume: true})
	whole := numbers(t, dir)
	torn := mustRead(t, MetricsPath(dir)) + `{"step":10,"ep`
	for path, text := range map[string]string{CheckpointPath(dir): kept, MetricsPath(dir): torn} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	mustRun(t, tinyTask(t, 1), Options{Out: dir, LogSteps: 1, MaxSteps: 9, Resume: true})
	if got := numbers(t, dir); !reflect.DeepEqual(got, whole) {
		t.Errorf("records\n%+v\nwant\n%+v", got, whole)
	}
}

func TestResumeRefusesRecordsWithADamagedLine(t *testing.T) {
	dir := t.TempDir()
	mustRun(t, tinyTask(t, 1), Options{Out: dir, LogSteps: 1, MaxSteps: 4})
	text := strings.Replace(mustRead(t, MetricsPath(dir)), `"step":2`, `"step":two`, 1)
	if err := os.WriteFile(MetricsPath(dir), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := Run(context.Background(), tinyTask(t, 1), Options{Out: dir, Resume: true})
	if err == nil || !strings.Contains(err.Error(), MetricsPath(dir)) ||
		!strings.Contains(err.Error(), "line 2 is damaged") {
		t.Errorf("%v", err)
	}
	if mustRead(t, MetricsPath(dir)) != text {
		t.Error("records were cut")
	}
}

// broken is an engine whose updates fail from the third on.
type broken struct{ engine.Engine }

type brokenState struct{ engine.State }

type brokenExec struct {
	engine.Exec
	left int
}

func (e broken) NewState(vars []graph.Var, o engine.Options) (engine.State, error) {
	s, err := e.Engine.NewState(vars, o)
	return brokenState{s}, err
}

func (s brokenState) Compile(p *graph.Program) (engine.Exec, error) {
	e, err := s.State.Compile(p)
	return &brokenExec{e, 2}, err
}

func (e *brokenExec) Step(in, out []tensor.Tensor, lr float32) (engine.StepStats, error) {
	if e.left--; e.left < 0 {
		return engine.StepStats{}, errors.New("out of memory")
	}
	return e.Exec.Step(in, out, lr)
}

// What an update that failed began to change is not saved.
func TestAnUpdateThatFailsKeepsTheCheckpointOfBefore(t *testing.T) {
	dir := t.TempDir()
	task := tinyTask(t, 1)
	task.Engine = broken{task.Engine}
	_, err := Run(context.Background(), task, Options{Out: dir, CheckpointSteps: 100})
	want := fmt.Sprintf("stopped before update 3: out of memory; %s holds update 0", CheckpointPath(dir))
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %q", err, want)
	}
	if got := metaOf(t, dir).Step; got != 0 {
		t.Errorf("update %d was saved", got)
	}
}

func TestCancelledRunKeepsItsLastUpdate(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	o := Options{Out: dir, OnStep: func(s Status) {
		if s.Step == 3 {
			cancel()
		}
	}}
	r, err := Run(ctx, tinyTask(t, 1), o)
	if !errors.Is(err, context.Canceled) || r.Step != 3 {
		t.Fatalf("%d updates, %v", r.Step, err)
	}
	if m := metaOf(t, dir); m.Step != 3 || m.Epoch != 0 || m.Batch != 3 {
		t.Errorf("checkpoint %+v", m)
	}
	if r := mustRun(t, tinyTask(t, 1), Options{Out: dir, Resume: true}); r.Step != r.Steps {
		t.Errorf("stopped at %d of %d", r.Step, r.Steps)
	}
}

func metaOf(t *testing.T, folder string) checkpoint.Meta {
	t.Helper()
	c, err := checkpoint.Open(CheckpointPath(folder))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	m, err := c.Run()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestNonFiniteValueStopsBeforeTheUpdate(t *testing.T) {
	dir := t.TempDir()
	task := tinyTask(t, 1)
	task.Train.LR = 1e30
	_, err := Run(context.Background(), task, Options{Out: dir, CheckpointSteps: 1})
	var nonFinite *engine.NonFiniteError
	if !errors.As(err, &nonFinite) || nonFinite.Op == "" {
		t.Fatalf("error %v", err)
	}
	step := metaOf(t, dir).Step
	want := fmt.Sprintf("stopped before update %d: %s", step+1, nonFinite.Op)
	if !strings.Contains(err.Error(), want) {
		t.Errorf("error %q, want %q", err, want)
	}
	if _, err := Run(context.Background(), task, Options{Out: dir, Resume: true}); !errors.As(err, &nonFinite) {
		t.Errorf("resumed into %v", err)
	}
	if got := metaOf(t, dir).Step; got != step {
		t.Errorf("the checkpoint moved from update %d to %d", step, got)
	}
}

func TestLossFallsOnOneBatch(t *testing.T) {
	task := tinyTask(t, 2)
	// Three images of a colour each: every patch tells them apart.
	task.Data, task.Train.Batch = noise{n: 3, seed: 1, bad: -1}, 3
	task.Augment = augment.Config{Size: 32, Mean: task.Model.Mean, Std: task.Model.Std}
	task.Model.Lambda = 0 // the penalty would hold the loss up
	task.Train.Epochs, task.Train.LR = 60, 1e-2
	dir := t.TempDir()
	mustRun(t, task, Options{Out: dir, LogSteps: 1})
	records := numbers(t, dir)
	first, last := records[0], records[len(records)-1]
	if !(last.Loss <= 0.01*first.Loss) {
		t.Errorf("loss %.2f at first, %.2f after %d updates", first.Loss, last.Loss, last.Step)
	}
	if p := last.Probes["linear"]; p.Accuracy != 1 {
		t.Errorf("linear probe: accuracy %.2f on its one batch, loss %.2f", p.Accuracy, p.Loss)
	}
}

func TestRecordsHoldWhatTheyPromise(t *testing.T) {
	dir := t.TempDir()
	var steps []int
	onStep := func(s Status) { steps = append(steps, s.Step) }
	mustRun(t, tinyTask(t, 1), Options{Out: dir, LogSteps: 2, MaxSteps: 6, OnStep: onStep})
	records, err := ReadMetrics(MetricsPath(dir))
	if err != nil {
		t.Fatal(err)
	}
	var at []int
	for _, r := range records {
		at = append(at, r.Step)
		for pair, negatives := range map[string]int{"1-5": 75, "1-7": 147, "5-5": 75} {
			task, ok := r.Tasks[pair]
			if !ok || task.Ceiling != math.Log(float64(negatives+1)) || task.Loss <= 0 || task.Penalty <= 0 {
				t.Errorf("update %d, pair %s: %+v", r.Step, pair, task)
			}
		}
		sum := r.Tasks["1-5"].Loss + r.Tasks["1-7"].Loss + r.Tasks["5-5"].Loss
		if !(math.Abs(r.Loss-sum) <= 1e-12*sum) || r.Probes["mlp"].Loss <= 0 ||
			r.GradNorm <= 0 || r.FeatureStd <= 0 || r.ParticipationRatio < 1 {
			t.Errorf("update %d: %+v", r.Step, r)
		}
		if r.PairsPerSecond <= 0 || r.WaitShare < 0 || r.WaitShare > 1 || r.Seconds <= 0 || r.LR <= 0 {
			t.Errorf("update %d: %+v", r.Step, r)
		}
	}
	if want := []int{2, 4, 5, 6}; !reflect.DeepEqual(at, want) {
		t.Errorf("records after updates %v, want %v", at, want)
	}
	if records[2].Mean != 1 || records[0].Mean != 2 {
		t.Errorf("means over %d and %d updates, want 2 and 1", records[0].Mean, records[2].Mean)
	}
	if want := []int{1, 2, 3, 4, 5, 6}; !reflect.DeepEqual(steps, want) {
		t.Errorf("OnStep after %v, want %v", steps, want)
	}
}

func TestKeptEpochsAreCheckpointsOfTheirOwn(t *testing.T) {
	dir := t.TempDir()
	var ended []int
	o := Options{Out: dir, KeepEpochs: []int{1, 3}, OnEpoch: func(epoch int, _ engine.State) error {
		ended = append(ended, epoch)
		return nil
	}}
	mustRun(t, tinyTask(t, 1), o)
	if mustRead(t, EpochPath(dir, 3)) != mustRead(t, CheckpointPath(dir)) {
		t.Error("epoch 3 is not the end of the run")
	}
	c, err := checkpoint.Open(EpochPath(dir, 1))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if m, err := c.Run(); err != nil || m.Step != 5 || m.Epoch != 1 || m.Batch != 0 {
		t.Errorf("epoch 1 holds %+v, %v", m, err)
	}
	if _, err := os.Stat(EpochPath(dir, 2)); err == nil {
		t.Error("epoch 2 was kept")
	}
	if !reflect.DeepEqual(ended, []int{1, 2, 3}) {
		t.Errorf("OnEpoch for %v", ended)
	}
}

func TestResumedRunKeepsItsEpochs(t *testing.T) {
	dir := t.TempDir()
	mustRun(t, tinyTask(t, 1), Options{Out: dir, KeepEpochs: []int{2, 3}, MaxSteps: 6})
	mustRun(t, tinyTask(t, 1), Options{Out: dir, Resume: true, MaxSteps: 11})
	if _, err := os.Stat(EpochPath(dir, 2)); err != nil {
		t.Error(err)
	}
	mustRun(t, tinyTask(t, 1), Options{Out: dir, Resume: true, KeepEpochs: []int{1}})
	if _, err := os.Stat(EpochPath(dir, 3)); err == nil {
		t.Error("epoch 3 was kept when other epochs were asked for")
	}
}

func TestStatusSaysWhenTheRunWillStop(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		maxSteps, until int
		minutes         float64
	}{{4, 4, 0}, {2, 4, 0}, {99, 15, 1000}, {0, 15, 0}} {
		told := 0
		check := func(s Status) {
			told++
			if s.Steps != 15 || s.Until != c.until || s.Left > 0 != (c.minutes > 0) || s.Left > 1000*time.Minute {
				t.Errorf("at most %d updates in %g minutes: %+v", c.maxSteps, c.minutes, s)
			}
		}
		_, err := os.Stat(CheckpointPath(dir))
		o := Options{Out: dir, Resume: err == nil, MaxSteps: c.maxSteps, Minutes: c.minutes}
		o.OnStart, o.OnStep = check, check
		if r := mustRun(t, tinyTask(t, 1), o); r.Step != c.until || told == 0 {
			t.Errorf("at most %d updates: %d made, told %d times", c.maxSteps, r.Step, told)
		}
	}
}
