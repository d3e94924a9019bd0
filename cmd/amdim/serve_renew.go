package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/amdim/amdim"
	"github.com/amdim/amdim/embedding"
	"github.com/amdim/amdim/internal/spelling"
	"github.com/amdim/amdim/serve"
)

// renewEvery is how often the files that a server answers from are looked at; those of which a look
// takes long, such as a large folder on a network disk, a twentieth of the time at most.
const (
	renewEvery = time.Second
	restAfter  = 20
)

// watched is files that a server answers from, and what takes them into its offer.
type watched struct {
	name        string
	state       func(context.Context) string // tells states of the files apart
	taken, seen string                       // their state when they were taken, and at the last look
	rest        time.Time                    // no look before
	again       int                          // looks until what could not be taken is tried again, or 0
	fault       string                       // that was told of this state
	take        func(ctx context.Context, o *serve.Offer) (what string, err error)
}

// watches are the files of the flags, in their present state. l is nil without labelled images.
func (s *serving) watches(ctx context.Context, m *amdim.Model, l *labelling) (all []*watched) {
	if s.index != "" {
		all = append(all, &watched{
			name: s.index, state: stateOf(embedding.Paths(s.index)...),
			take: func(ctx context.Context, o *serve.Offer) (string, error) { return s.takeIndex(ctx, m, l, o) },
		})
	}
	if s.classifier != "" {
		all = append(all, &watched{
			name: s.classifier, state: stateOf(s.classifier),
			take: func(_ context.Context, o *serve.Offer) (string, error) { return s.takeClassifier(m, o) },
		})
	}
	if l != nil && l.sorted() {
		all = append(all, &watched{name: l.spec, state: l.state, take: l.take})
	}
	for _, w := range all {
		w.taken = w.state(ctx)
	}
	return all
}

// stateOf tells states of files apart; one that is not there has a state too.
func stateOf(paths ...string) func(context.Context) string {
	return func(context.Context) string {
		var b strings.Builder
		for _, path := range paths {
			if info, err := os.Stat(path); err == nil {
				fmt.Fprint(&b, info.ModTime().UnixNano(), " ", info.Size())
			}
			b.WriteByte('\n')
		}
		return b.String()
	}
}

func (s *serving) takeIndex(
	ctx context.Context, m *amdim.Model, l *labelling, o *serve.Offer,
) (what string, err error) {
	if o.Index, o.Picture, err = s.openIndex(ctx, m); err != nil {
		return "", err
	}
	if l != nil {
		if err := l.relearn(ctx, o); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("index %s: %s", s.index, spelling.Count(o.Index.Set().Len(), "image")), nil
}

func (s *serving) takeClassifier(m *amdim.Model, o *serve.Offer) (what string, err error) {
	if o.Classifier, err = s.openClassifier(m); err != nil {
		return "", err
	}
	return fmt.Sprintf("classifier %s: %d classes learnt from %s", s.classifier,
		len(o.Classifier.Classes), spelling.Count(o.Classifier.Images, "labelled image")), nil
}

// tryAgain is how many looks after a failure, as of a disk that is not there at the moment, the
// same files are tried again.
const tryAgain = 60

// due reports whether the files are to be taken: they are others than those taken and have been so
// for two looks, as what writes them may not be done, or those could not be taken a while ago.
func (w *watched) due(ctx context.Context) bool {
	began := time.Now()
	if began.Before(w.rest) {
		return false
	}
	now := w.state(ctx)
	w.rest = began.Add(restAfter * time.Since(began))
	same := now == w.seen
	w.seen = now
	if w.again > 0 {
		w.again--
	}
	return same && (now != w.taken || w.again == 1)
}

// renew takes the files into the offer of h and says so. What cannot be used is told, once for
// each state of the files, and h goes on with what it had.
func (w *watched) renew(ctx context.Context, h *serve.Handler, say func(format string, args ...any)) {
	if w.taken != w.seen {
		w.fault = ""
	}
	w.taken, w.again = w.seen, 0
	var what string
	var untaken error
	err := h.Update(func(o *serve.Offer) error {
		what, untaken = w.take(ctx, o)
		return untaken
	})
	if untaken != nil {
		err = untaken // without what Update puts before it
	}
	switch {
	case ctx.Err() != nil:
	case err == nil:
		w.fault = ""
		say("%s, read anew", what)
	default:
		w.again = tryAgain
		if text := told(err); text != w.fault {
			w.fault = text
			say("note: %s goes on as it was read before: %s", w.name, text)
		}
	}
}

// renew lets h answer from files that are written anew, which it looks at so often, until ctx is done.
func renew(
	ctx context.Context, h *serve.Handler, all []*watched, every time.Duration,
	say func(format string, args ...any),
) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for _, w := range all {
			if w.due(ctx) {
				w.renew(ctx, h, say)
			}
		}
	}
}
