package plan

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/amdim/amdim/internal/spelling"
	"github.com/amdim/amdim/train"
	"github.com/amdim/amdim/train/measure"
)

// Print writes the plan in readable form: what was computed, what was measured,
// and the verdicts.
func (p *Plan) Print(w io.Writer) error {
	var b bytes.Buffer
	p.printComputed(&b)
	p.printMeasured(&b)
	b.WriteByte('\n')
	for _, v := range p.Verdicts() {
		fmt.Fprintln(&b, v)
	}
	_, err := w.Write(b.Bytes())
	return err
}

func (p *Plan) printComputed(w io.Writer) {
	n := p.Network
	fmt.Fprintf(w, "computed  network  %d px, ndf %d, n_rkhs %d, n_depth %d: ", n.Px, n.NDF, n.NRKHS, n.NDepth)
	fmt.Fprintf(w, "encoder %s parameters, %s in all\n", scalars(n.Encoder), scalars(n.Parameters))
	fmt.Fprintf(w, "computed  work     %sFLOP per pair, two views of an image", short(float64(n.Pair)))
	if n.Epoch > 0 {
		fmt.Fprintf(w, "; %sFLOP per epoch", short(float64(n.Epoch)))
	}
	fmt.Fprintf(w, "\ncomputed  disk     %s per checkpoint; a run keeps two and needs room for a third\n",
		Bytes(n.Checkpoint))
}

func (p *Plan) printMeasured(w io.Writer) {
	m, s, i := p.Memory, p.Speed, p.Images
	if len(m.Measured) > 0 {
		var batches []string
		for _, l := range m.Measured {
			batches = append(batches, spelling.Grouped(l.Batch))
		}
		each := (m.curve.at(p.Batch) - m.curve[0]) / float64(p.Batch)
		fmt.Fprintf(w, "measured  memory   %s plus %s per pair of a batch, from batches of %s\n",
			Bytes(int64(m.curve[0])), Bytes(int64(each)), strings.Join(batches, ", "))
	}
	p.printImages(w)
	if i.Decode > 0 {
		sampled := fmt.Sprintf("%d sampled", i.Sample)
		if i.decoding.largest != nil {
			sampled += ", and the largest files"
		}
		fmt.Fprintf(w, "measured  decoding up to %s an image, %s on %s with garbage (%s)\n",
			Bytes(i.Decode), Bytes(i.Decoding), spelling.Count(min(p.Threads, p.Batch), "thread"), sampled)
	}
	if len(s.Updates) > 0 {
		of := "one update measured"
		if n := len(s.Updates); n > 1 {
			of = fmt.Sprintf("median of %d, %s to %s", n,
				took(slices.Min(s.Updates)), took(slices.Max(s.Updates)))
		}
		fmt.Fprintf(w, "measured  update   %s for %s pairs (%s), %s, %s\n",
			took(measure.Median(s.Updates)), spelling.Grouped(s.Batch), of, p.Engine,
			spelling.Count(p.Threads, "thread"))
	}
	if i.Sample > 0 {
		fmt.Fprintf(w, "measured  loader   %s to read an image, %s to make its views, on one core (%d sampled)\n",
			milliseconds(i.Read), milliseconds(i.Augment), i.Sample)
		return
	}
	fmt.Fprintf(w, "measured  loader   %s to make two views, on one core; reading not measured without --data\n",
		milliseconds(i.Augment))
}

// printImages says how much memory the images take, of which a pack takes none of its own.
func (p *Plan) printImages(w io.Writer) {
	m, i := p.Memory, p.Images
	all := Bytes(int64(i.Bytes * float64(i.Number)))
	switch {
	case i.Mapped:
		fmt.Fprintf(w, "measured  images   %s in the pack, %s each: cached by the system as it has room\n",
			all, Bytes(int64(i.Bytes)))
	case m.Images > 0 && i.Kept < 1:
		fmt.Fprintf(w, "measured  images   %s decoded, %s kept in memory\n", all, Bytes(m.Images))
	case m.Images > 0:
		fmt.Fprintf(w, "measured  images   %s decoded, all kept in memory\n", all)
	}
}

// Verdicts returns the plan's conclusions, one line each.
func (p *Plan) Verdicts() []string {
	lines := []string{p.memoryVerdict()}
	switch n := p.Images.Number; {
	case n == 1:
		lines = append(lines, "too few images: training needs at least 2: the negatives are the other images")
	case n > 0 && n < p.Batch:
		lines = append(lines, fmt.Sprintf("too few images: %s do not fill a batch of %s; use --batch %d",
			spelling.Grouped(n), spelling.Grouped(p.Batch), p.SmallerBatch()))
	}
	if i := p.Images; i.Unreadable > 0 {
		lines = append(lines, fmt.Sprintf("unreadable: %d of the %d images sampled; amdim data check names them",
			i.Unreadable, i.Sample))
	}
	if p.Speed.PairsPerSecond == 0 {
		return append(lines, "speed: not measured, because it does not fit")
	}
	lines = append(lines, p.speedVerdict(), p.timeVerdict())
	if c := p.Speed.Core; measure.Busy(c) {
		lines = append(lines, fmt.Sprintf(
			"busy: updates got %.0f %% of %s: other programs are running; alone they may be up to %.2g times as fast",
			100*c, spelling.Count(p.Threads, "thread"), 1/c))
	}
	return lines
}

func (p *Plan) memoryVerdict() string {
	m := p.Memory
	need := fmt.Sprintf("batch %s needs up to %s", spelling.Grouped(p.Batch), Bytes(m.Need))
	free := fmt.Sprintf("%s free", Bytes(int64(m.Free)))
	room := free
	if m.Held > m.Free/20 {
		room += fmt.Sprintf(" and %s already held", Bytes(int64(m.Held)))
	}
	switch {
	case m.Unknown:
		return "memory: not known: the engine allocates it outside this program's heap; amdim bench tries a batch"
	case m.Free == 0:
		return need + "; free memory is not known on this system"
	case len(m.Measured) == 0:
		return fmt.Sprintf("does not fit: weights, gradients and moments alone take %s, more than the %s",
			Bytes(m.Need), free)
	case !m.Fits && m.Largest == 0:
		return fmt.Sprintf("does not fit: %s, more than the %s, and no batch fits", need, room)
	case !m.Fits:
		return fmt.Sprintf("does not fit: %s, more than the %s; use --batch %d", need, room, p.SmallerBatch())
	case p.Images.Number > 0 && m.Largest >= p.Images.Number/32*32:
		return fmt.Sprintf("fits: %s of the %s", need, room)
	}
	return fmt.Sprintf("fits: %s; batches up to %s fit in the %s", need, spelling.Grouped(m.Largest), room)
}

// SmallerBatch is a batch size that fits in memory and that the images fill:
// the plan's own if it does, else that of [train.BatchFor]; 0 if none does.
func (p *Plan) SmallerBatch() int {
	batch, n := p.Batch, p.Images.Number
	if !p.Memory.Fits {
		batch = min(batch, p.Memory.Largest)
	}
	if n > 0 && batch > 0 && (batch < p.Batch || n < batch) {
		batch = train.BatchFor(n, batch)
	}
	return batch
}

func (p *Plan) speedVerdict() string {
	s := p.Speed
	share := "less than 1"
	if s.Share >= 0.01 {
		share = fmt.Sprintf("%.0f", 100*s.Share)
	}
	loader := fmt.Sprintf("reading images and making views is %s %% of the work", share)
	if s.Share > 0.5 {
		loader += ": the engine waits for it"
	}
	return fmt.Sprintf("speed: about %s pairs/s; %s", spelling.Figures(s.PairsPerSecond), loader)
}

func (p *Plan) timeVerdict() string {
	t, n := p.Time, p.Images.Number
	if t == nil {
		const per = 10000
		rate := fmt.Sprintf("time: about %s per epoch for every %s images",
			duration(per/p.Speed.PairsPerSecond), spelling.Grouped(per))
		if n == 0 {
			rate += "; use --data or --images for yours"
		}
		return rate
	}
	first := ""
	if t.First > 1.05*t.Epoch {
		first = fmt.Sprintf(" (the first: %s)", duration(t.First))
	}
	return fmt.Sprintf("time: one epoch of %s images in %s: about %s%s; %s: %s",
		spelling.Grouped(n), spelling.Count(t.Updates, "update"), duration(t.Epoch), first,
		spelling.Count(p.Epochs, "epoch"), duration(t.All))
}
