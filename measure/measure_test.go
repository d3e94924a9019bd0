package measure

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/cpu"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/tensor"
	"github.com/amdim/amdim/train"
)

func tiny() Task {
	a := augment.CIFAR()
	c := train.Paper(4)
	return Task{
		Task: train.Task{
			Model: model.Config{
				Px: 32, NDF: 4, NRKHS: 16, NDepth: 1, Lambda: 4e-2, TClip: 20, Mean: a.Mean, Std: a.Std,
			},
			Augment: a, Train: c,
		},
		Threads: 2, Seconds: 0.01, arrays: 1 << 20,
		Open: func(threads int) (engine.Profiler, func(), error) {
			e, err := cpu.New(cpu.Config{Precision: cpu.F32, Threads: threads})
			if err != nil {
				return nil, nil, err
			}
			return e, e.Close, nil
		},
	}
}

func TestTrainingIsMeasuredWithItsBounds(t *testing.T) {
	for name, change := range map[string]func(*Task){
		"loader": func(*Task) {}, "no loader": func(t *Task) { t.NoLoader = true },
		"one thread": func(t *Task) { t.Threads = 1 },
	} {
		task := tiny()
		change(&task)
		r, err := Train(context.Background(), task)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		p, err := task.bound(4)
		if err != nil {
			t.Fatal(err)
		}
		if r.Job != "training" || r.Unit != "pair" || r.FLOPs != p.Cost().Train || r.Rate <= 0 || r.Peak <= 0 {
			t.Errorf("%s: %+v", name, r)
		}
		if (r.Scaling == nil) != (task.Threads == 1) {
			t.Errorf("%s: scaling %v of %d threads", name, r.Scaling, task.Threads)
		}
		if loads := group(r, images).Seconds > 0; loads == task.NoLoader {
			t.Errorf("%s: time of images %v", name, loads)
		}
		b := r.Bound
		says := strings.Contains(r.Verdict(), "bound by "+b.By+": ")
		if b.Bytes <= 0 || b.Compute <= 0 || b.Memory <= 0 || !says {
			t.Errorf("%s: %+v, %s", name, b, r.Verdict())
		}
	}
}

// noBandwidth notes how many bytes the bandwidth would be measured with.
type noBandwidth struct {
	engine.Profiler
	bytes *int
}

func (e noBandwidth) Bandwidth(_, bytes int, _ time.Duration) float64 {
	*e.bytes = bytes
	return 1e9
}

func TestBandwidthIsThatOfMemoryHoweverShortTheRun(t *testing.T) {
	task, bytes := tiny(), 0
	task.arrays = 0
	open := task.Open
	task.Open = func(threads int) (engine.Profiler, func(), error) {
		e, done, err := open(threads)
		return noBandwidth{e, &bytes}, done, err
	}
	if _, err := Encode(context.Background(), task); err != nil {
		t.Fatal(err)
	}
	if bytes < 64<<20 {
		t.Errorf("measured with %d bytes: a cache may hold them", bytes)
	}
}

// silent is an engine that does not say where its time goes, as one on a GPU. It counts
// the updates that are timed for that, and makes none: any number would fit the time.
type silent struct {
	engine.Profiler
	profiling bool
	updates   int
}

func (e *silent) Profile(on bool)      { e.profiling = on }
func (e *silent) Times() []engine.Time { return nil }

func (e *silent) NewState(vars []graph.Var, o engine.Options) (engine.State, error) {
	s, err := e.Profiler.NewState(vars, o)
	return silentState{s, e}, err
}

type silentState struct {
	engine.State
	of *silent
}

func (s silentState) Compile(p *graph.Program) (engine.Exec, error) {
	x, err := s.State.Compile(p)
	return silentExec{x, s.of}, err
}

type silentExec struct {
	engine.Exec
	of *silent
}

func (x silentExec) Step(in, out []tensor.Tensor, lr float32) (engine.StepStats, error) {
	if x.of.profiling {
		x.of.updates++
	}
	return engine.StepStats{}, nil
}

func TestAnEngineWithoutTimesIsAskedOnce(t *testing.T) {
	task, e := tiny(), &silent{}
	task.Threads = 1
	open := task.Open
	task.Open = func(threads int) (engine.Profiler, func(), error) {
		p, done, err := open(threads)
		e.Profiler = p
		return e, done, err
	}
	r, err := Train(context.Background(), task)
	if err != nil {
		t.Fatal(err)
	}
	if e.updates != 1 || len(r.Ops) > 0 || r.Core != 0 {
		t.Errorf("%d updates for a profile, want 1; %+v", e.updates, r)
	}
}

func group(r *Result, name string) Group {
	for _, g := range r.Groups {
		if g.Name == name {
			return g
		}
	}
	return Group{}
}

// All products of a step are in some group: forward, both gradients, and those
// of the scores.
func TestGroupsHoldEveryProduct(t *testing.T) {
	task := tiny()
	r, err := Train(context.Background(), task)
	if err != nil {
		t.Fatal(err)
	}
	var sum, first int64
	for _, g := range r.Groups {
		sum += g.FLOPs
	}
	p, err := task.bound(task.Train.Batch)
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range p.Ops { // pixels, and what the probes learn from, take no gradient
		if op.Name == "encoder.l1" || op.Name == "linear" || op.Name == "mlp.fc1" {
			first += p.OpFLOPs(op)
		}
	}
	if sum != r.FLOPs-first {
		t.Errorf("groups hold %d FLOPs, want the %d of the step without the %d of unneeded gradients",
			sum, r.FLOPs, first)
	}
}

func TestEncoderIsMeasuredWithoutBackward(t *testing.T) {
	task := tiny()
	task.Outputs = []string{"f1", "phi5", "phi7"}
	r, err := Encode(context.Background(), task)
	if err != nil {
		t.Fatal(err)
	}
	if r.Job != "inference" || r.Unit != "image" || group(r, engine.BackwardData).Seconds > 0 {
		t.Errorf("%+v", r)
	}
	if f := group(r, engine.Forward).FLOPs; f != r.FLOPs {
		t.Errorf("forward is %d FLOPs, want %d", f, r.FLOPs)
	}
}

func TestSweepChangesOneSettingAtATime(t *testing.T) {
	task := tiny()
	task.Model.Px = 128
	task.Model.NDF, task.Model.NRKHS = 1, 8
	task.Augment.Size = 128
	var seen []Point
	points, err := Sweep(context.Background(), task, func(p Point) { seen = append(seen, p) })
	if err != nil || len(seen) != len(points) {
		t.Fatalf("%d of %d points, %v", len(seen), len(points), err)
	}
	axes := map[string]int{}
	for _, p := range points {
		if p.Base {
			axes[p.Axis]++
		}
		if p.Pair <= 0 || p.FLOPs <= 0 || p.Params <= 0 {
			t.Errorf("%+v", p)
		}
	}
	for _, axis := range []string{"batch", "ndf", "depth", "px", "threads"} {
		if axes[axis] != 1 {
			t.Errorf("%s: %d points of the task itself, want 1", axis, axes[axis])
		}
	}
}

func TestVerdictNamesTheLargestShare(t *testing.T) {
	for _, c := range []struct {
		want     string
		bytes    int64
		read     reading
		core     float64
		alsoWant string
	}{
		{"bound by compute: at full speed the products of an update would take 50 % of its time", 1e9,
			reading{}, 1, "1 GB of memory traffic 10 %"},
		{"bound by memory: ", 8e9, reading{}, 1, "8 GB of memory traffic 80 %"},
		{"bound by data: ", 1e9, reading{wait: 0.6}, 1, "its images 60 %"},
		{"bound by data: ", 1e9, reading{pair: 0.2}, 0.5, "running and left 50 % of the threads' time"},
	} {
		r := &Result{
			Batch: 8, Threads: 2, Unit: "pair", Seconds: []float64{1}, FLOPs: 5e9, Peak: 1e10, Bandwidth: 1e10,
			Core: c.core,
		}
		r.decide(c.bytes, c.read)
		if v := r.Verdict(); !strings.HasPrefix(v, c.want) || !strings.Contains(v, c.alsoWant) {
			t.Errorf("%q, want %q and %q", v, c.want, c.alsoWant)
		}
	}
}

func TestCancelledMeasurementEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	task := tiny()
	if _, err := Train(ctx, task); !errors.Is(err, context.Canceled) {
		t.Errorf("training: %v", err)
	}
	if _, err := Encode(ctx, task); !errors.Is(err, context.Canceled) {
		t.Errorf("inference: %v", err)
	}
	if _, err := Sweep(ctx, task, func(Point) {}); !errors.Is(err, context.Canceled) {
		t.Errorf("sweep: %v", err)
	}
}

func TestMeasurementsRefuseWhatIsWrong(t *testing.T) {
	task := tiny()
	task.Data = newNoise(3, 32)
	_, err := Train(context.Background(), task)
	if err == nil || !strings.Contains(err.Error(), "3 images, a batch has 4") {
		t.Errorf("too few images: %v", err)
	}
	task = tiny()
	task.Train.Batch = 1
	if _, err := Train(context.Background(), task); err == nil || !strings.Contains(err.Error(), "batch = 1") {
		t.Errorf("batch of one: %v", err)
	}
	task = tiny()
	task.Augment.Size = 64
	_, err = Train(context.Background(), task)
	if err == nil || !strings.Contains(err.Error(), "views of 64 pixels for an encoder of 32") {
		t.Errorf("views of another size: %v", err)
	}
}

// sized is an engine of another precision, whatever its name is.
type sized struct {
	engine.Profiler
	bytes int
}

func (e sized) ActivationBytes() int { return e.bytes }

func TestTrafficIsOfValuesAsLargeAsTheEngineSays(t *testing.T) {
	p, err := tiny().bound(4)
	if err != nil {
		t.Fatal(err)
	}
	one := traffic(p, false, sized{bytes: 1})
	for _, precision := range []string{cpu.F32, cpu.BF16} {
		e, err := cpu.New(cpu.Config{Precision: precision, Threads: 1})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		want := map[string]int64{cpu.F32: 4, cpu.BF16: 2}[precision]
		if got := traffic(p, false, e); one <= 0 || got != want*one {
			t.Errorf("%s: %d bytes, want %d times %d", precision, got, want, one)
		}
	}
	if got := traffic(p, false, sized{bytes: 8}); got != 8*one {
		t.Errorf("of doubles: %d bytes, want 8 times %d", got, one)
	}
}
