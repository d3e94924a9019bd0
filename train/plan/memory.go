package plan

import (
	"context"
	"runtime"

	"github.com/amdim/amdim/internal/memory"
	"github.com/amdim/amdim/train/measure"
)

// Memory says how much memory a batch needs and which batch fits.
type Memory struct {
	Free     uint64 `json:"free_bytes"`   // that this process could take before the plan; 0: not known
	Held     uint64 `json:"held_bytes"`   // that it already had then, such as images
	Measured []Load `json:"measured"`     // what was allocated before the first update, by batch
	Updates  int64  `json:"update_bytes"` // what updates then allocate, such as packed weights
	Images   int64  `json:"image_bytes"`
	Need     int64  `json:"need_bytes"`              // of the process at its peak, at the plan's batch
	Fits     bool   `json:"fits"`                    // in Free and Held; also true if these are not known
	Unknown  bool   `json:"unknown,omitempty"`       // the engine allocates outside our view
	Largest  int    `json:"largest_batch,omitempty"` // that fits; 0: none, or not known

	curve    parabola
	threads  int // that read images
	decoding decoding
	held     bool // the images, as pixels
}

// Load is what training with a given batch allocates before it computes: state,
// activations, gradients, loader buffers.
type Load struct {
	Batch int   `json:"batch"`
	Bytes int64 `json:"bytes"`
}

// parabola is bytes by batch: c[0] + c[1]·B + c[2]·B². The square comes from the
// scores of every image with every other.
type parabola [3]float64

// through returns the parabola through three loads at different batches
// (Newton's divided differences).
func through(l []Load) parabola {
	x := [3]float64{float64(l[0].Batch), float64(l[1].Batch), float64(l[2].Batch)}
	y := [3]float64{float64(l[0].Bytes), float64(l[1].Bytes), float64(l[2].Bytes)}
	slope := (y[1] - y[0]) / (x[1] - x[0])
	bend := max(0, ((y[2]-y[1])/(x[2]-x[1])-slope)/(x[2]-x[0]))
	return parabola{y[0] - slope*x[0] + bend*x[0]*x[1], slope - bend*(x[0]+x[1]), bend}
}

func (p parabola) at(batch int) float64 {
	b := float64(batch)
	return p[0] + b*(p[1]+b*p[2])
}

// What a process holds besides its arrays: the program itself, and garbage, which
// the collector lets grow to a share of them. Image decoders produce it. Where images are held,
// updates alone do, 150 KiB each with cifar10-tiny at batch 128, and collecting costs nothing.
const (
	programBytes   = 40 << 20
	GarbagePercent = 25 // for debug.SetGCPercent in a program that trains
	HeldPercent    = 10 // likewise, if data.Held
)

// need is the peak memory of the process, when the largest images known are decoded at once.
func (m Memory) need(batch int) int64 {
	decoding := m.decoding.atOnce(min(batch, m.threads))
	garbage := GarbagePercent
	if m.held {
		garbage = HeldPercent
	}
	return int64((1+float64(garbage)/100)*(m.curve.at(batch)+float64(m.Images+decoding))) + programBytes
}

// before returns what is free and held before the plan allocates anything.
func before() Memory {
	m := Memory{Held: uint64(heap() + programBytes), Free: memory.Available()}
	if limit := memory.Limit(); m.Free+m.Held > limit { // a system that does not report what is in use
		m.Free = limit - min(m.Held, limit)
	}
	return m
}

// room is what the process can have in all, if Free is known.
func (m Memory) room() uint64 { return m.Free + m.Held }

// add counts what is in use after updates of a batch beyond what was when the step was
// compiled. It is taken to be the same for every batch: packed weights are, and scratch
// memory does not grow beyond a few images. In bf16 on two threads photos-tiny takes 27, 38,
// 38 and 38 MiB at batches of 4, 16, 32 and 64; cifar10-small 146, 160, 192 and 194 at 2, 4,
// 8 and 16. Only where updates take seconds are they measured on so few.
func (m *Memory) add(inUse int64, batch int) {
	m.Updates = max(0, inUse-int64(m.curve.at(batch)))
	m.curve[0] += float64(m.Updates)
}

// decide fills in what follows from the curve.
func (m *Memory) decide(batch, images int) {
	m.Need, m.Largest = m.need(batch), 0
	m.Fits = m.Free == 0 || uint64(m.Need) <= m.room()
	if m.Free == 0 {
		return
	}
	fits := func(b int) bool { return uint64(m.need(b)) <= m.room() && (images == 0 || b <= images) }
	for step := 1 << 16; step > 0; step /= 2 {
		if fits(m.Largest + step) {
			m.Largest += step
		}
	}
	m.Largest = RoundBatch(m.Largest)
	if m.Fits && (images == 0 || batch <= images) {
		m.Largest = max(m.Largest, batch)
	}
}

// RoundBatch is a round batch size, not right at the limit of n; 0 if n is less than 2.
func RoundBatch(n int) int {
	switch {
	case n >= 64:
		return n - n%32
	case n < 2:
		return 0
	}
	return n
}

// compile prepares the step for a batch size.
func (t Task) compile(s *measure.Step, batch int) error {
	p, err := t.bound(batch)
	if err != nil {
		return err
	}
	return s.Compile(p)
}

// load is what the step for a batch size allocates when it is compiled.
func (t Task) load(b *measure.Step, batch int) (Load, error) {
	if err := t.compile(b, batch); err != nil {
		return Load{}, err
	}
	return Load{batch, t.inUse(b, batch)}, nil
}

// inUse is what the step for a batch size has in use, including the loader's batches.
func (t Task) inUse(b *measure.Step, batch int) int64 {
	const ahead = 3 // batches of the loader: data.LoaderConfig.Ahead and the one in use
	loader := ahead * 2 * batch * t.Model.Px * t.Model.Px * 3
	bytes := heap()
	runtime.KeepAlive(b)
	return bytes + int64(loader)
}

// heap is the number of bytes of everything still in use.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// loads allocates for three batch sizes, up to the plan's as long as they take
// less than half of the free memory on top of what was held: nothing is computed.
func (t Task) loads(ctx context.Context, b *measure.Step, m *Memory) error {
	batches := [3]int{2, 4, 8}
	for {
		m.Measured = nil
		for _, n := range batches {
			if err := ctx.Err(); err != nil {
				return err
			}
			l, err := t.load(b, n)
			if err != nil {
				return err
			}
			m.Measured = append(m.Measured, l)
		}
		m.curve = through(m.Measured)
		last := m.Measured[2]
		next := t.Train.Batch
		for next > last.Batch && m.Free > 0 && m.curve.at(next)-float64(m.Held) > float64(m.Free)/2 {
			next /= 2
		}
		if next <= last.Batch {
			return nil
		}
		batches = [3]int{next / 4, next / 2, next}
	}
}
