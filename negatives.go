package amdim

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/mixture"
	"github.com/amdim/amdim/train"
)

// PrepareSegment prepares what Segment needs besides the weights: negatives, which are locations
// of other images. An image's own locations are scored against them. With Options.Negatives they
// come from the images that it names, and nothing is stored. Otherwise they come from
//
//   - the file beside the checkpoint (train.NegativesPath), if there is one;
//   - else the images that the model learnt from. They are then stored in that file, if the folder
//     is writable and the images are still the same; if not, Options.Note is called with the
//     reason.
//
// Images that training left out by a list are left out here too. If neither the file nor images
// are available, the error wraps ErrNoNegatives and names both. It is ErrNoMixture for a model
// without a mixture, and ErrNoLocations for one whose tasks have no locations of scale 7.
//
// PrepareSegment reads more of the checkpoint than Open did. If that is gone or was replaced, as
// by training that goes on, the error is ErrChanged: call it soon after Open.
func (m *Model) PrepareSegment(ctx context.Context) error { return m.prepareSegment(ctx, nil) }

// PrepareSegmentFrom is PrepareSegment for a model that train.Run has trained on a Dataset of your
// own, which no spec names. Negatives that have to be learnt are learnt from set, whatever
// Options.Negatives says. If there are negatives already, as after Segment or PrepareSegment, set
// is not read.
//
// Call it once after training: it stores the negatives beside the checkpoint, and a Model that is
// opened later segments without the images. If the Digest of set is not that of the images learnt
// from, nothing is stored, and Options.Note is called with the reason. If training left out images
// by a list, set holds them too.
func (m *Model) PrepareSegmentFrom(ctx context.Context, set data.Dataset) error {
	if set == nil {
		return errors.New("amdim: segment: no data set is given")
	}
	return m.prepareSegment(ctx, set)
}

func (m *Model) prepareSegment(ctx context.Context, set data.Dataset) error {
	done, err := m.use()
	if err != nil {
		return fmt.Errorf("amdim: segment: %w", err)
	}
	defer done()
	if err := m.segmenting.Wait(ctx); err != nil {
		return fmt.Errorf("amdim: segment: %w", err)
	}
	defer m.segmenting.Leave()
	if err := m.openSegmenter(ctx, set); err != nil {
		return fmt.Errorf("amdim: segment: %w", err)
	}
	return nil
}

// openSegmenter sets m.segmenter, with negatives, unless it is set. They are learnt from set, if
// they have to be; nil: from the images of a spec.
func (m *Model) openSegmenter(ctx context.Context, set data.Dataset) error {
	if err := mixture.CanSegment(m.settings.Model); err != nil || m.segmenter != nil {
		return err
	}
	file, weights, err := m.reopen()
	if err != nil {
		return err
	}
	defer weights.Close()
	meta, err := weights.Run()
	if err != nil {
		return err
	}
	s, err := mixture.New(m.engine, m.settings.Model, encoder.Trained(weights), m.options.Threads)
	if err != nil {
		return err
	}
	others := m.options.Negatives
	if set != nil {
		others = ""
	}
	from := m.settings.Negatives(file, meta.Data, others)
	from.Set, from.Note = set, m.options.Note
	if m.options.OnLearn != nil {
		from.OnLearn = func(images int) { m.options.OnLearn(from.Data, images) }
	}
	if _, err := s.Prepare(ctx, from, mixture.DefaultNegatives()); err != nil {
		s.Close()
		if others == "" && set == nil && errors.Is(err, ErrNoNegatives) {
			err = fmt.Errorf("%w: name others with --negatives (in Go: Options.Negatives, or PrepareSegmentFrom)", err)
		}
		return err
	}
	m.segmenter = s
	return nil
}

// reopen opens the checkpoint again, at the path that it returns. If that is no longer the one
// of Open, the error wraps ErrChanged.
func (m *Model) reopen() (file string, weights *checkpoint.Reader, err error) {
	if file, err = train.CheckpointOf(m.path); err == nil {
		weights, err = checkpoint.Open(file)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, ErrNoneThere):
		return "", nil, fmt.Errorf("%w: %w", err, ErrChanged)
	case err != nil:
		return "", nil, err
	case weights.Checksum() == m.checksum:
		return file, weights, nil
	}
	defer weights.Close()
	if now, err := weights.Run(); err == nil && now.Step != m.step {
		return "", nil, fmt.Errorf("%s was at update %d and is at %d: %w", m.path, m.step, now.Step, ErrChanged)
	}
	return "", nil, fmt.Errorf("%s no longer holds the network of update %d: %w", m.path, m.step, ErrChanged)
}
