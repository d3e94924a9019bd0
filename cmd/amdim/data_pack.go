package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/data/pack"
	"github.com/amdim/amdim/internal/durable"
	"github.com/amdim/amdim/internal/spelling"
	"github.com/amdim/amdim/train"
)

// dataPack is the command's flags.
type dataPack struct {
	out        string
	side       int
	unreadable float64
	threads    int
}

func dataPackCommand() *cobra.Command {
	var d dataPack
	c := &cobra.Command{
		Use:   "pack SPEC --out DIR",
		Short: "Decode every image once, into arrays that NumPy opens too",
		Long: `Decode every image of every split once and store the pixels in DIR. packed:DIR is
then data like any other: it is memory-mapped and read without decoding, and the
same seed gives the same batches as SPEC itself.

--side N reduces photographs as training reduces those of a folder: by the largest
whole factor that leaves the shorter side at least N pixels, never enlarging and
never cropping. Training reduces a folder to 140 for the 64 px presets (photos-tiny,
photos-small, stl10) and to 292 for the 128 px presets (imagenet-small and larger):
with these the batches are the same. Views are random crops of what is stored.

Files that cannot be read keep their place, without pixels, and pack.json names
them with the reason. If packing is stopped or killed, the same command continues
it, to the same bytes; until it has finished, DIR has no pack.json and is not a pack.

numpy.load(..., mmap_mode="r") opens the files: images (uint8), index (offset,
height and width of each image), labels and names, one of each per split.`,
		Example: `  amdim data pack folder:photos --side 140 --out photos140
  amdim data pack cifar10:data/cifar10 --out cifar10-packed
  amdim pretrain --preset photos-tiny --data packed:photos140 --out runs/photos`,
		Args: oneSpec("pack"),
		RunE: func(c *cobra.Command, args []string) error { return d.run(c, args[0]) },
	}
	f := c.Flags()
	f.StringVar(&d.out, "out", "", "folder for the pack; created if missing (required)")
	f.IntVar(&d.side, "side", 0, "reduce photographs to no less than this shorter side (default: do not reduce)")
	f.Float64Var(&d.unreadable, "max-unreadable", train.MaxUnreadable,
		"share of the files that may be unreadable")
	f.IntVar(&d.threads, "threads", 0, "images decoded at once (default: all processors)")
	return c
}

func (d *dataPack) run(c *cobra.Command, spec string) error {
	switch {
	case d.out == "":
		return usagef("--out is missing: name a folder for the pack, such as --out photos140")
	case d.side < 0:
		return usagef("--side %d: need at least 0", d.side)
	case !(0 <= d.unreadable && d.unreadable <= 1):
		return usagef("--max-unreadable %g: need 0 to 1", d.unreadable)
	}
	if err := checkThreads(d.threads); err != nil {
		return err
	}
	reading := data.Options{Side: d.side, Context: c.Context()}
	sources, err := data.PackSources(spec, reading, func(images int) int {
		return train.AllowedUnreadable(images, d.unreadable)
	})
	if err != nil {
		return err
	}
	shown := newStages(c.ErrOrStderr())
	m, err := pack.Write(c.Context(), d.out, pack.Task{
		Spec: spec, Side: d.side, Sources: sources, Threads: d.threads, Progress: shown.set,
	})
	shown.finish()
	if err != nil {
		return d.explain(err, spec)
	}
	return d.report(c, spec, m)
}

// explain adds to an error what the user may do.
func (d *dataPack) explain(err error, spec string) error {
	words := []string{"data", "pack", spec, "--out", d.out}
	if d.side > 0 {
		words = append(words, "--side", fmt.Sprint(d.side))
	}
	more := typed(append(words[:len(words):len(words)],
		"--max-unreadable", fmt.Sprint(moreUnreadable(d.unreadable)))...)
	if d.unreadable != train.MaxUnreadable {
		words = append(words, "--max-unreadable", fmt.Sprint(d.unreadable))
	}
	again := typed(words...)
	switch {
	case errors.Is(err, context.Canceled):
		return stoppedError{"stopped before the end; to continue: " + again}
	case durable.Full(err):
		return fmt.Errorf("%w: make room, then run %s", err, again)
	case errors.Is(err, pack.ErrUnreadable):
		return fmt.Errorf("%w; %s names them all; to allow more: %s",
			err, typed("data", "check", spec), more)
	}
	return err
}

func (d *dataPack) report(c *cobra.Command, spec string, m *pack.Manifest) error {
	out, bad := c.OutOrStdout(), 0
	for _, s := range m.Splits {
		text := fmt.Sprintf("%-8s  %s, %s", s.Name, spelling.Count(s.Images, "image"), spelling.Bytes(s.Bytes))
		if n := len(s.Unreadable); n > 0 {
			bad += n
			text += fmt.Sprintf("; %s cannot be read, the first, %s: %s",
				spelling.Grouped(n), spelling.Printable(s.Unreadable[0].Name),
				spelling.Visible(data.ReasonOf(errors.New(s.Unreadable[0].Error))))
		}
		if _, err := fmt.Fprintln(out, text); err != nil {
			return err
		}
	}
	if bad > 0 {
		note(c.ErrOrStderr(), "pack.json in %s names the images that cannot be read", d.out)
	}
	return d.next(c, m)
}

// next names the command that trains on the pack, if its images are enough for that. The
// mean of their pixels tells their size.
func (d *dataPack) next(c *cobra.Command, m *pack.Manifest) error {
	learnt := m.Splits[0]
	usable := learnt.Images - len(learnt.Unreadable)
	preset := presetFor(m.Spec, int(math.Sqrt(float64(learnt.Bytes)/3/float64(max(1, usable)))))
	settings, err := config.Preset(preset)
	if err != nil {
		return err
	}
	words := []string{"pretrain", "--preset", preset, "--data", "packed:" + d.out, "--out", "runs/" + preset}
	switch b := train.BatchFor(usable, settings.Train.Batch); {
	case b == 0:
		return nil
	case b < settings.Train.Batch:
		words = append(words, "--batch", strconv.Itoa(b))
	}
	return sayNext(c, typed(words...))
}

// stages counts one thing after the other.
type stages struct {
	counter
	last int
}

func newStages(out io.Writer) *stages { return &stages{counter: counter{out: out}} }

func (s *stages) set(verb string, done, total int) {
	if noun := "images " + verb; s.noun != noun || done < s.last { // the next stage, or split
		s.finish()
		s.bar, s.noun = nil, noun
	}
	s.last = done
	s.counter.set(done, total)
}
