package plan

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/engine/cpu"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/tensor"
	"github.com/amdim/amdim/train"
)

func tiny(t *testing.T, set data.Dataset) Task {
	t.Helper()
	e, err := cpu.New(cpu.Config{Precision: cpu.F32, Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	a := augment.CIFAR()
	c := train.Paper(16)
	c.Epochs = 3
	return Task{
		Task: train.Task{
			Model: model.Config{
				Px: 32, NDF: 4, NRKHS: 16, NDepth: 1, Lambda: 4e-2, TClip: 20, Mean: a.Mean, Std: a.Std,
			},
			Augment: a, Train: c, Data: set, DataSpec: "pictures", Engine: e,
		},
		Threads: 2, Seconds: 0.01,
	}
}

// pictures are n images of which some cannot be read.
type pictures struct {
	n, side int
	bad     func(i int) bool
}

func (p pictures) Len() int          { return p.n }
func (p pictures) Label(int) int     { return -1 }
func (p pictures) Classes() []string { return nil }
func (p pictures) Digest() string    { return "none" }
func (p pictures) Image(i int) (tensor.Image, error) {
	if p.bad != nil && p.bad(i) {
		return tensor.Image{}, &data.UnreadableError{Name: "b.jpg", Err: errors.New("cut off")}
	}
	return tensor.NewImage(p.side, p.side), nil
}

func TestPlanAddsUp(t *testing.T) {
	task := tiny(t, pictures{n: 100, side: 40})
	task.Keep = 100 * 40 * 40 * 3 / 4
	p, err := Make(context.Background(), task)
	if err != nil {
		t.Fatal(err)
	}
	program, err := task.Model.Pretrain(0).Bind(32, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	if n := graph.Parameters(program.Vars); p.Network.Parameters != n || p.Network.Checkpoint != 12*int64(n) {
		t.Errorf("network %+v, want %d parameters", p.Network, n)
	}
	if p.Network.Epoch != 100*p.Network.Pair || p.Network.Pair != program.Cost().Train/16 {
		t.Errorf("work %d per pair, %d per epoch", p.Network.Pair, p.Network.Epoch)
	}
	if p.Images.Bytes != 40*40*3 || p.Images.Kept != 0.25 || p.Images.Sample == 0 {
		t.Errorf("images %+v", p.Images)
	}
	if p.Memory.Images != task.Keep || p.Memory.Need <= p.Memory.Measured[2].Bytes {
		t.Errorf("memory %+v", p.Memory)
	}
	s, at := p.Speed, p.Time
	if at == nil || at.Updates != 6 ||
		!(95.9 <= at.Epoch*s.PairsPerSecond && at.Epoch*s.PairsPerSecond <= 96.1) {
		t.Fatalf("time %+v at %+v", at, s)
	}
	if at.First < at.Epoch || !(math.Abs(at.All-at.First-2*at.Epoch) <= 1e-9) {
		t.Errorf("time %+v", at)
	}
}

// Images of which the training keeps none are read in every epoch, as in the first.
func TestWhatIsNotKeptIsReadEveryEpoch(t *testing.T) {
	p, err := Make(context.Background(), tiny(t, pictures{n: 100, side: 40}))
	if err != nil {
		t.Fatal(err)
	}
	if p.Images.Kept != 0 || p.Memory.Images != 0 {
		t.Errorf("%g of the images kept, %d bytes", p.Images.Kept, p.Memory.Images)
	}
	if at := p.Time; at.First != at.Epoch || p.Speed.Loader <= p.Speed.views {
		t.Errorf("time %+v, speed %+v", at, p.Speed)
	}
}

func TestUnreadableImagesAreCounted(t *testing.T) {
	looked := map[int]int{}
	task := tiny(t, pictures{n: 8, side: 32, bad: func(i int) bool { looked[i]++; return i%4 == 0 }})
	p, err := Make(context.Background(), task)
	if err != nil || p.Images.Unreadable != 2 || p.Images.Sample != 8 || len(looked) != 8 {
		t.Errorf("%+v, %v, looked at %v", p.Images, err, looked)
	}
	task = tiny(t, pictures{n: 64, side: 32, bad: func(int) bool { return true }})
	_, err = Make(context.Background(), task)
	if err == nil || !strings.Contains(err.Error(), "b.jpg: cut off") {
		t.Errorf("no readable image: %v", err)
	}
}

func TestViewsOfAnotherSizeThanTheNetworksAreRefused(t *testing.T) {
	task := tiny(t, nil)
	task.Augment.Size = 64
	if _, err := Make(t.Context(), task); err == nil || !strings.Contains(err.Error(), "views of 64 pixels") {
		t.Errorf("error %v", err)
	}
}

func TestPlanWithoutAnEngineIsRefused(t *testing.T) {
	task := tiny(t, nil)
	task.Engine = nil
	if _, err := Make(t.Context(), task); err == nil || !strings.Contains(err.Error(), "Task.Engine is nil") {
		t.Errorf("error %v", err)
	}
}

func TestThreadsThatNoMachineHasAreRefused(t *testing.T) {
	for _, threads := range []int{-1, 1 << 30} {
		task := tiny(t, nil)
		task.Threads = threads
		want := fmt.Sprintf("plan: threads = %d, need 0 to 4096", threads)
		if _, err := Make(t.Context(), task); err == nil || err.Error() != want {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestCancelledPlanEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Make(ctx, tiny(t, nil)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestNumbersAreWrittenForPeople(t *testing.T) {
	for got, want := range map[string]string{
		Bytes(0): "0 B", Bytes(1000): "0.98 KiB", Bytes(1 << 20): "1 MiB", Bytes(23 << 30): "23 GiB",
		Bytes(1288490189): "1.20 GiB", short(3216768) + "x": "3.22 Mx", short(950): "950 ",
		duration(0.123): "0.1 s", duration(70): "70 s", duration(3480): "58 min 0 s",
		duration(3725): "1 h 2 min", duration(86400 * 3): "3 days 0 h", duration(86400 * 1566): "1,566 days",
		duration(0.004): "4.00 ms", milliseconds(1e-9): "under 0.01 ms",
		took(0.004): "4.00 ms", took(0.9994): "999 ms", took(0.9996): "1.00 s", took(123.4): "123 s",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestVerdictsAreInPlainWords(t *testing.T) {
	plan := func(change func(*Plan)) *Plan {
		p := &Plan{Batch: 128, Epochs: 50, Engine: "cpu", Threads: 2}
		p.Images = Images{Number: 9000, Sample: 256, Kept: 1}
		p.Memory = Memory{
			Free: 23 << 30, Need: 900 << 20, Fits: true, Largest: 512, Measured: []Load{{32, 1}, {64, 2}, {128, 3}},
		}
		p.Speed = Speed{
			Batch: 128, Updates: []float64{0.99, 1, 1.01}, Engine: 0.0078, Share: 0.03, PairsPerSecond: 128,
			threads: 2,
		}
		p.Time = p.time()
		change(p)
		return p
	}
	for _, c := range []struct {
		change func(*Plan)
		want   string
	}{
		{func(*Plan) {}, "fits: batch 128 needs up to 900 MiB; batches up to 512 fit in the 23 GiB free"},
		{func(*Plan) {}, "time: one epoch of 9,000 images in 70 updates: about 70 s; 50 epochs: 58 min 14 s"},
		{func(*Plan) {}, "speed: about 128 pairs/s; reading images and making views is 3 % of the work"},
		{func(p *Plan) { p.Speed.PairsPerSecond = 1234 }, "speed: about 1,234 pairs/s; "},
		{func(*Plan) {}, "update   1.00 s for 128 pairs (median of 3, 990 ms to 1.01 s), cpu, 2 threads\n"},
		{func(p *Plan) { p.Speed.Updates = []float64{1} }, "for 128 pairs (one update measured), cpu"},
		{func(p *Plan) { p.Memory.Fits, p.Memory.Largest = false, 96 }, "use --batch 96"},
		{func(p *Plan) { p.Memory.Held = 3 << 30 }, "in the 23 GiB free and 3 GiB already held"},
		{func(p *Plan) { p.Memory.Fits, p.Memory.Largest = false, 0 }, "and no batch fits"},
		{func(p *Plan) { p.Images.Number, p.Time = 50, nil }, "50 do not fill a batch of 128; use --batch 16"},
		{func(p *Plan) { p.Images.Number, p.Time = 100, nil }, "100 do not fill a batch of 128; use --batch 16"},
		{func(p *Plan) { p.Images.Number, p.Memory.Fits, p.Memory.Largest = 600, false, 96 }, "use --batch 64"},
		{func(p *Plan) { p.Images.Number, p.Time = 1, nil }, "too few images: training needs at least 2"},
		{func(p *Plan) { p.Images.Unreadable = 3 }, "unreadable: 3 of the 256 images sampled"},
		{func(p *Plan) { p.Speed.Share = 0.6 }, "60 % of the work: the engine waits for it"},
		{func(p *Plan) { p.Speed.Core = 0.5 }, "busy: updates got 50 % of 2 threads"},
		{func(p *Plan) { p.Images.Decode, p.Images.Decoding = 111<<20, 222<<20 },
			"decoding up to 111 MiB an image, 222 MiB on 2 threads with garbage (256 sampled)\n"},
		{func(p *Plan) { p.Images.Decode, p.Images.decoding.largest = 1<<20, []int64{1 << 20} },
			"on 2 threads with garbage (256 sampled, and the largest files)\n"},
		{func(p *Plan) { p.Images.Mapped, p.Images.Bytes = true, 3<<10 },
			"images   26.4 MiB in the pack, 3 KiB each: cached by the system as it has room\n"},
		{func(p *Plan) { p.Images.Bytes, p.Memory.Images = 3<<10, 1 }, "26.4 MiB decoded, all kept in memory\n"},
		{func(p *Plan) { p.Images.Bytes, p.Images.Kept, p.Memory.Images = 3<<10, 0.5, 13<<20 },
			"26.4 MiB decoded, 13 MiB kept in memory\n"},
		{func(p *Plan) { p.Memory.Free = 0 }, "not known on this system"},
		{func(p *Plan) { p.Memory.Measured, p.Speed = nil, Speed{} }, "speed: not measured"},
		{func(p *Plan) { p.Images.Number, p.Time = 0, nil },
			"about 78 s per epoch for every 10,000 images; use --data or --images for yours\n"},
		{func(p *Plan) { p.Images.Number, p.Time = 50, nil }, "about 78 s per epoch for every 10,000 images\n"},
	} {
		var b bytes.Buffer
		if err := plan(c.change).Print(&b); err != nil || !strings.Contains(b.String(), c.want) {
			t.Errorf("want %q in\n%s", c.want, b.String())
		}
	}
}
