package amdim

import (
	"context"
	"errors"
	"fmt"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/mixture"
	"github.com/amdim/amdim/train"
)

// PrepareSegment prepares what Segment needs besides the weights: negatives, the
// locations of other images that an image's own locations are scored against. They are read
// from the file beside the checkpoint (train.NegativesPath) or, if there is none,
// learnt from the images that the model learnt from, and stored there if the folder
// is writable and the images are still the same; else Options.Note hears why not.
// Options.Negatives uses other images and stores nothing. Images that training left out by
// a list are left out here too.
//
// If neither is available, the error wraps ErrNoNegatives and names both. For a
// model without a mixture the error is ErrNoMixture, for one whose tasks have no locations of
// scale 7 ErrNoLocations.
func (m *Model) PrepareSegment(ctx context.Context) error {
	done, err := m.use()
	if err != nil {
		return fmt.Errorf("amdim: segment: %w", err)
	}
	defer done()
	if err := m.segmenting.Wait(ctx); err != nil {
		return fmt.Errorf("amdim: segment: %w", err)
	}
	defer m.segmenting.Leave()
	if err := m.openSegmenter(ctx); err != nil {
		return fmt.Errorf("amdim: segment: %w", err)
	}
	return nil
}

// openSegmenter sets m.segmenter, with negatives, unless it is set.
func (m *Model) openSegmenter(ctx context.Context) error {
	if m.segmenter != nil {
		return nil
	}
	file, err := train.CheckpointOf(m.path)
	if err != nil {
		return err
	}
	weights, err := checkpoint.Open(file)
	if err != nil {
		return err
	}
	defer weights.Close()
	meta, err := weights.Run()
	if err != nil {
		return err
	}
	if meta.Step != m.step {
		return fmt.Errorf("%s was at update %d when it was opened and is at %d: open it again",
			m.path, m.step, meta.Step)
	}
	if weights.Checksum() != m.checksum {
		return fmt.Errorf("%s no longer holds the network of update %d that was opened: open it again",
			m.path, m.step)
	}
	s, err := mixture.New(m.engine, m.settings.Model, encoder.Trained(weights), m.options.Threads)
	if err != nil {
		return err
	}
	from := m.settings.Negatives(file, meta.Data, m.options.Negatives)
	from.Note = m.options.Note
	if _, err := s.Prepare(ctx, from, mixture.DefaultNegatives()); err != nil {
		s.Close()
		if m.options.Negatives == "" && errors.Is(err, ErrNoNegatives) {
			err = fmt.Errorf("%w: name others with --negatives (in Go: Options.Negatives)", err)
		}
		return err
	}
	m.segmenter = s
	return nil
}
