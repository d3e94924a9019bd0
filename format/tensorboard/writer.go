package tensorboard

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/amdim/amdim/train"
)

// Writer appends events to a file. It is for one goroutine.
type Writer struct {
	file *os.File
	buf  []byte
}

// Create makes the event file of the run in a folder, with the records it has
// already; one that is there is replaced.
func Create(folder string, records []train.Record) (*Writer, error) {
	path := train.EventsPath(folder)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("tensorboard: %w", err)
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("tensorboard: %w", err)
	}
	b := appendFrame(nil, firstEvent())
	for _, r := range records {
		b = appendFrame(b, event(r))
	}
	if _, err := f.Write(b); err != nil {
		f.Close()
		return nil, fmt.Errorf("tensorboard: %w", err)
	}
	return &Writer{file: f}, nil
}

// Write appends a record, in one call: a kill tears at most the last event.
func (w *Writer) Write(r train.Record) error {
	w.buf = appendFrame(w.buf[:0], event(r))
	if _, err := w.file.Write(w.buf); err != nil {
		return fmt.Errorf("tensorboard: %w", err)
	}
	return nil
}

// Close closes the file.
func (w *Writer) Close() error {
	if err := w.file.Close(); err != nil {
		return fmt.Errorf("tensorboard: %w", err)
	}
	return nil
}

func event(r train.Record) []byte { return appendEvent(nil, r.Seconds, r.Step, scalars(r)) }

// scalars are the curves that a record is a point of. What stands before the
// slash is the group that TensorBoard shows them under.
func scalars(r train.Record) []scalar {
	s := []scalar{{"loss/all", r.Loss}}
	for _, pair := range slices.Sorted(maps.Keys(r.Tasks)) {
		t := r.Tasks[pair]
		s = append(s, scalar{"loss/" + pair, t.Loss}, scalar{"below_ceiling/" + pair, 1 - t.Loss/t.Ceiling},
			scalar{"penalty/" + pair, t.Penalty}, scalar{"clipped/" + pair, t.Clipped})
		if m := t.Mix; m != nil {
			s = append(s, scalar{"mix_information/" + pair, m.Information}, scalar{"mix_entropy/" + pair, m.Entropy},
				scalar{"mix_mean_entropy/" + pair, m.MeanEntropy}, scalar{"mix_several/" + pair, m.Several},
				scalar{"mix_largest_use/" + pair, m.Largest()})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Probes)) {
		p := r.Probes[name]
		s = append(s, scalar{"probe_accuracy/" + name, p.Accuracy}, scalar{"probe_loss/" + name, p.Loss})
	}
	if r.ParticipationRatio > 0 { // else it was not measured
		s = append(s, scalar{"update/participation_ratio", r.ParticipationRatio})
	}
	return append(s,
		scalar{"update/lr", r.LR}, scalar{"update/grad_norm", r.GradNorm},
		scalar{"update/feature_std", r.FeatureStd},
		scalar{"speed/pairs_per_second", r.PairsPerSecond}, scalar{"speed/wait_share", r.WaitShare})
}
