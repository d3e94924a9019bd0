package measure

import (
	"context"
	"errors"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/cpu"
	"github.com/amdim/amdim/model"
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
		says := strings.Contains(r.Verdict(), "bound by "+b.By)
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

// device is an engine that is timed as a whole, as a GPU. It counts the times it is asked to.
type device struct {
	engine.Profiler
	asked *int
}

func (e device) OfThreads() bool { return false }

func (e device) Profile(on bool) {
	*e.asked++
	e.Profiler.Profile(on)
}

func onDevice(task *Task) (asked *int) {
	open := task.Open
	asked = new(int)
	task.Open = func(threads int) (engine.Profiler, func(), error) {
		e, done, err := open(threads)
		return device{e, asked}, done, err
	}
	return asked
}

func TestADeviceIsOneWorker(t *testing.T) {
	task := tiny()
	onDevice(&task)
	r, err := Train(context.Background(), task)
	if err != nil {
		t.Fatal(err)
	}
	if r.Threads != 2 || r.Workers != 1 || r.Core != 0 || r.Scaling != nil || group(r, images).Seconds > 0 {
		t.Errorf("%+v: that of a processor's threads", r)
	}
	if len(r.Ops) == 0 {
		t.Error("no operations are listed")
	}
}

func TestWithoutProfileNothingIsTimed(t *testing.T) {
	task := tiny()
	task.NoProfile = true
	r, err := Train(context.Background(), task)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Ops) > 0 || len(r.Groups) > 0 {
		t.Errorf("on threads: %d operations, %v", len(r.Ops), r.Groups)
	}
	asked := onDevice(&task)
	jobs := map[string]func(context.Context, Task) (*Result, error){"train": Train, "encode": Encode}
	for name, job := range jobs {
		r, err := job(context.Background(), task)
		if err != nil {
			t.Fatal(err)
		}
		if *asked > 0 || len(r.Ops) > 0 || len(r.Groups) > 0 {
			t.Errorf("%s: profiled %d times, %d operations, %v", name, *asked, len(r.Ops), r.Groups)
		}
	}
}

func TestBackwardAsAWholeHasTheProductsOfItsPhases(t *testing.T) {
	task := tiny()
	p, err := task.bound(4)
	if err != nil {
		t.Fatal(err)
	}
	var products int64
	for _, op := range p.Ops {
		want := phaseFLOPs(p, p.Flow(), op, engine.BackwardData)
		if len(op.Vars) > 0 {
			want += phaseFLOPs(p, p.Flow(), op, engine.BackwardWeights)
		}
		if got := phaseFLOPs(p, p.Flow(), op, engine.Backward); got != want {
			t.Errorf("%s: %d FLOPs, want %d", op.Name, got, want)
		}
		products += want
	}
	if products == 0 {
		t.Error("no products at all")
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

// BenchmarkViewsOfPhotos makes pairs of views of 128 px from the JPEG files in
// $AMDIM_PHOTOS, decoding each anew, as when a data set is larger than memory.
func BenchmarkViewsOfPhotos(b *testing.B) {
	dir := os.Getenv("AMDIM_PHOTOS")
	if dir == "" {
		b.Skip("AMDIM_PHOTOS names no folder of JPEG files")
	}
	views := augment.ImageNet()
	set, err := data.Open("folder:"+dir, data.Train, data.Options{Side: views.Source()})
	if err != nil {
		b.Fatal(err)
	}
	t := Task{}
	t.Data, t.Augment = set, views
	t.Model.Px, t.Train.Batch, t.Threads = 128, min(64, set.Len()), runtime.GOMAXPROCS(0)
	f, err := t.newFeed(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer f.loader.Close()
	for b.Loop() {
		batch, err := f.loader.Next()
		if err != nil {
			b.Fatal(err)
		}
		batch.Release()
	}
	b.ReportMetric(float64(b.N*t.Train.Batch)/b.Elapsed().Seconds(), "pairs/s")
}
