package main

import (
	"context"
	"errors"
	"fmt"
	"image"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim"
	"github.com/amdim/amdim/classify"
	"github.com/amdim/amdim/data/imagefile"
	"github.com/amdim/amdim/embedding"
	"github.com/amdim/amdim/internal/spelling"
	"github.com/amdim/amdim/report"
	"github.com/amdim/amdim/serve"
)

// handler prepares what the flags offer and says what that is.
func (s *serving) handler(c *cobra.Command, m *amdim.Model, bar *counter) (*serve.Handler, error) {
	say := saying(c.ErrOrStderr())
	config := serve.Config{
		Model: m, Title: "amdim · " + s.model, Bytes: s.upload << 20, Pixels: s.pixels * 1e6,
		Requests: s.requests, Timeout: s.timeout,
		Log: func(format string, args ...any) { say("note: "+format, args...) },
	}
	if err := s.addIndex(c, &config); err != nil {
		return nil, err
	}
	if err := s.addClasses(c, &config, bar); err != nil {
		return nil, err
	}
	// The first requests are to find the network compiled.
	if _, err := m.Embed(c.Context(), image.NewRGBA(image.Rect(0, 0, m.Px(), m.Px()))); err != nil {
		return nil, err
	}
	h, err := serve.New(c.Context(), config)
	switch {
	case errors.Is(err, amdim.ErrOtherNetwork):
		return nil, fmt.Errorf("--index %s does not hold vectors of %s: %w", s.index, s.model, err)
	case err != nil:
		return nil, err
	}
	if err := h.Segments(); err != nil && !errors.Is(err, amdim.ErrNoMixture) {
		say("note: no parts are offered: %s", told(unsegmented(err)))
	}
	return h, nil
}

// addIndex opens the index, where one is named.
func (s *serving) addIndex(c *cobra.Command, config *serve.Config) error {
	if s.index == "" {
		return nil
	}
	set, err := embedding.Load(s.index)
	if err != nil {
		return fmt.Errorf("--index: %w", err)
	}
	if config.Index, err = embedding.NewIndex(set, s.engine.onProcessor()); err != nil {
		return fmt.Errorf("--index %s: %w", s.index, err)
	}
	fmt.Fprintf(c.ErrOrStderr(), "index: %s\n", spelling.Count(set.Len(), "image"))
	if !s.pictures {
		return nil
	}
	p, err := thumbnailsOf(c.Context(), set, s.images)
	if err != nil {
		return fmt.Errorf("--pictures: %w", err)
	}
	config.Picture = func(_ context.Context, i int) (image.Image, error) {
		img, err := p.read(i)
		if err != nil {
			return nil, err
		}
		return imagefile.RGBA(report.Thumbnail(img)), nil
	}
	return nil
}

// addClasses learns classes, where labelled images are named, or takes those that were kept.
func (s *serving) addClasses(c *cobra.Command, config *serve.Config, bar *counter) (err error) {
	switch {
	case s.classifier != "":
		if config.Classifier, err = classify.Load(s.classifier); err != nil {
			return fmt.Errorf("--classifier: %w", err)
		}
		if err := config.Model.CheckClassifier(config.Classifier); err != nil {
			return fmt.Errorf("--classifier %s was not learnt from vectors of %s: %w", s.classifier, s.model, err)
		}
	case s.labelled != "":
		if err := s.learnClasses(c, config, bar); err != nil {
			return fmt.Errorf("--labelled: %w", err)
		}
	default:
		return nil
	}
	learnt := config.Classifier
	printEstimate(c.ErrOrStderr(), len(learnt.Classes), learnt.Images, learnt.Estimate)
	return nil
}

// learnClasses learns classes from labelled images.
func (s *serving) learnClasses(c *cobra.Command, config *serve.Config, bar *counter) error {
	examples, bad, err := config.Model.EmbedLabelled(c.Context(), s.labelled, "")
	bar.finish()
	noteUnreadable(c.ErrOrStderr(), bad, typed("data", "check", s.labelled, "--json"))
	if err != nil {
		return err
	}
	noteMissing(c.ErrOrStderr(), examples.Missing)
	var others *amdim.Set
	if config.Index != nil {
		others = config.Index.Set()
	}
	if config.Classifier, err = config.Model.LearnClasses(c.Context(), examples, others); err != nil {
		return err
	}
	noteConflicts(c.ErrOrStderr(), config.Classifier.Conflicts)
	return nil
}
