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
func (s *serving) handler(c *cobra.Command, m *amdim.Model, l *labelling) (*serve.Handler, error) {
	config := serve.Config{
		Model: m, Title: "amdim · " + s.model, Bytes: s.upload << 20, Pixels: s.pixels * 1e6,
		Requests: s.requests, Timeout: s.timeout,
		Log: func(format string, args ...any) { note(c.ErrOrStderr(), format, args...) },
	}
	var err error
	if s.index != "" {
		if config.Index, config.Picture, err = s.openIndex(c.Context(), m); err != nil {
			return nil, err
		}
		saying(c.ErrOrStderr())("index: %s", spelling.Count(config.Index.Set().Len(), "image"))
	}
	if err := s.addClasses(c, &config, l); err != nil {
		return nil, err
	}
	// The first requests are to find the network compiled.
	if _, err := m.Embed(c.Context(), image.NewRGBA(image.Rect(0, 0, m.Px(), m.Px()))); err != nil {
		return nil, err
	}
	h, err := serve.New(c.Context(), config)
	if err != nil {
		return nil, err
	}
	if err := h.Segments(); err != nil && !errors.Is(err, amdim.ErrNoMixture) {
		note(c.ErrOrStderr(), "no parts are offered: %s", told(unsegmented(err)))
	}
	return h, nil
}

// picture is that of serve.Offer.
type picture = func(ctx context.Context, i int) (image.Image, error)

// openIndex opens the index and, if they are to be shown, its pictures.
func (s *serving) openIndex(ctx context.Context, m *amdim.Model) (*amdim.Index, picture, error) {
	set, err := embedding.Load(s.index)
	if err != nil {
		return nil, nil, fmt.Errorf("--index: %w", err)
	}
	x, err := embedding.NewIndex(set, s.engine.onProcessor())
	if err != nil {
		return nil, nil, fmt.Errorf("--index %s: %w", s.index, err)
	}
	if err := m.CheckIndex(x); err != nil {
		return nil, nil, fmt.Errorf("--index %s does not hold vectors of %s: %w", s.index, s.model, err)
	}
	if !s.pictures {
		return x, nil, nil
	}
	p, err := thumbnailsOf(ctx, set, s.images)
	if err != nil {
		return nil, nil, fmt.Errorf("--pictures: %w", err)
	}
	return x, func(_ context.Context, i int) (image.Image, error) {
		img, err := p.read(i)
		if err != nil {
			return nil, err
		}
		return imagefile.RGBA(report.Thumbnail(img)), nil
	}, nil
}

// addClasses learns classes, where labelled images are named, or takes those that were kept.
func (s *serving) addClasses(c *cobra.Command, config *serve.Config, l *labelling) (err error) {
	switch {
	case s.classifier != "":
		config.Classifier, err = s.openClassifier(config.Model)
	case l != nil:
		err = l.learn(c.Context(), &config.Offer)
	}
	if err != nil || config.Classifier == nil {
		return err
	}
	learnt := config.Classifier
	printEstimate(c.ErrOrStderr(), len(learnt.Classes), learnt.Images, learnt.Estimate)
	return nil
}

// openClassifier opens a classifier that was kept.
func (s *serving) openClassifier(m *amdim.Model) (*amdim.Classifier, error) {
	l, err := classify.Load(s.classifier)
	if err != nil {
		return nil, fmt.Errorf("--classifier: %w", err)
	}
	return l, checkKept(l, s.classifier, m, s.model)
}
