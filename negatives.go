package amdim

import (
	"context"
	"errors"
	"fmt"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/internal/memory"
	"github.com/amdim/amdim/train"
)

// PrepareSegment makes ready what Segment needs beside the weights: negatives, the
// places of other images that those of an image are scored against. They are read
// from the file that lies beside the checkpoint (train.NegativesPath) or, where there
// is none, learnt from the images that the model learnt from, and kept there if the
// folder can be written to. Options.Negatives takes other images, and keeps nothing.
//
// Where neither is to be had, the error wraps eval.ErrNoNegatives and names both. A
// model without a mixture is eval.ErrNoMixture.
func (m *Model) PrepareSegment(ctx context.Context) error {
	done, err := m.use()
	if err != nil {
		return err
	}
	defer done()
	m.segmenting.Lock()
	defer m.segmenting.Unlock()
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
	s, err := eval.NewSegmenter(m.engine, m.settings.Model, restored(weights), m.options.Threads)
	if err != nil {
		return err
	}
	if err := m.prepare(ctx, s, train.NegativesPath(file), meta.Data.Spec); err != nil {
		s.Close()
		return err
	}
	m.segmenter = s
	return nil
}

// prepare gives a segmenter the negatives of the file, or of the images of spec.
func (m *Model) prepare(ctx context.Context, s *eval.Segmenter, file, spec string) error {
	if m.options.Negatives != "" {
		if err := m.learn(ctx, s, m.options.Negatives); err != nil {
			return fmt.Errorf("the images that places are scored against: %w", err)
		}
		return nil
	}
	switch err := s.Restore(file); {
	case err == nil:
		return nil
	case !errors.Is(err, eval.ErrNoNegatives):
		return fmt.Errorf("%w; without the file they are learnt again", err)
	case spec == "":
		return fmt.Errorf("%w as %s, and which images it learnt from is not known: "+
			otherNegatives, err, file)
	}
	if err := m.learn(ctx, s, spec); err != nil {
		if ctx.Err() != nil {
			return err
		}
		return &noNegativesError{file, err}
	}
	s.Save(file) // in a folder that cannot be written to they are learnt each time
	return nil
}

const otherNegatives = "Options.Negatives, or --negatives, names others"

// noNegativesError says that there is neither the file nor what to learn it from.
type noNegativesError struct {
	file  string
	learn error
}

func (e *noNegativesError) Error() string {
	return fmt.Sprintf("%v as %s, and the images that it learnt from cannot be used: %v: "+
		otherNegatives, eval.ErrNoNegatives, e.file, e.learn)
}

func (e *noNegativesError) Unwrap() []error { return []error{eval.ErrNoNegatives, e.learn} }

// learn takes negatives from images; files that cannot be read are left out.
func (m *Model) learn(ctx context.Context, s *eval.Segmenter, spec string) error {
	reading := data.Options{Side: m.transform.Source(), Memory: memory.ForImages()}
	set, err := data.Open(spec, data.Pretrain, reading)
	if err != nil {
		return err
	}
	c := eval.DefaultNegatives()
	set = data.Spread(set, max(c.Images, c.Refresh.Batches*c.Refresh.Batch)) // no more are looked at
	if _, files := set.(data.Named); files {
		if set, err = data.Readable(ctx, set, m.options.Threads, nil); err != nil {
			return fmt.Errorf("%s: %w", spec, err)
		}
	}
	images, err := eval.NewImages(set, m.Px(), m.transform)
	if err != nil {
		return err
	}
	return s.Learn(ctx, images, c)
}
