package mixture

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/encoder"
)

// Source says where a Segmenter gets its negatives from.
type Source struct {
	File      string                       // holds those of the model, as Prepare keeps them; empty: none does
	Keep      bool                         // store in File what had to be learnt, if it can be written
	Data      string                       // spec of the images to learn them from; empty: not known
	Set       data.Dataset                 // these images, which are then not opened; nil: Data is
	Digest    string                       // of these, if others are not to be kept; empty: any
	List      string                       // file of a data.Quarantine, to leave out of these; empty: none
	Reading   data.Options                 // of these
	Transform augment.Config               // from these to the network's input
	OnLearn   func(images int)             // told, before they are read, how many are taken; may be nil
	OnBad     func(name string, err error) // told of each that cannot be read; may be nil
	Note      func(what string)            // told why what was to be kept is not; may be nil
}

// Prepare restores the negatives kept in a file or, if it has none for these
// weights, learns them from images, which are opened only then, and returned.
//
// If neither is available, the error wraps ErrNoNegatives and names both.
func (s *Segmenter) Prepare(ctx context.Context, from Source, c NegativesConfig) (*encoder.Images, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	var none error
	if from.File != "" {
		switch none = s.restore(from.File); {
		case none == nil:
			return nil, nil
		case !errors.Is(none, ErrNoNegatives):
			return nil, fmt.Errorf("%w; delete the file to have the negatives taken again", none)
		}
	}
	images, same, err := s.Images(ctx, from, c)
	if err == nil {
		err = s.Learn(ctx, images, c)
	}
	switch {
	case err == nil:
	case ctx.Err() != nil:
		return nil, err
	default:
		return nil, &noNegativesError{none, err}
	}
	s.negatives.Origin.Data = from.Data
	if from.Keep {
		s.keep(from, same)
	}
	return images, nil
}

// keep saves what was learnt. Without it the Segmenter still works: the next learns again.
func (s *Segmenter) keep(from Source, same bool) {
	why := cmp.Or(from.Data, "the data") + " holds other images than when the model learnt from them"
	if same {
		err := s.save(from.File)
		if err == nil {
			return
		}
		why = err.Error()
	}
	if from.Note != nil {
		from.Note("the locations to score against are not kept: " + why)
	}
}

// Images opens those that Learn needs, without those on the list and files that cannot be
// read. same reports whether the data is what Digest says.
func (s *Segmenter) Images(
	ctx context.Context, from Source, c NegativesConfig,
) (_ *encoder.Images, same bool, err error) {
	set, err := from.open(ctx)
	if err != nil {
		return nil, false, err
	}
	if set, err = from.leaveOut(set); err != nil {
		return nil, false, err
	}
	same = from.Digest == "" || from.Digest == set.Digest()
	if from.OnLearn != nil {
		from.OnLearn(min(c.Images, set.Len()))
	}
	set = data.Spread(set, max(c.Images, c.Refresh.Images)) // no more are needed
	if _, files := set.(data.Named); files || from.Set != nil {
		all := set
		set, err = data.Readable(ctx, all, s.threads, func(i int, err error) {
			if from.OnBad != nil {
				from.OnBad(data.Name(all, i), err)
			}
		})
		if err != nil {
			return nil, false, fmt.Errorf("%s: %w", from.Data, err)
		}
	}
	images, err := encoder.NewImages(set, s.model.Px, from.Transform)
	if err != nil {
		return nil, false, err
	}
	images.Threads = s.threads
	return images, same, nil
}

func (n Source) open(ctx context.Context) (data.Dataset, error) {
	switch {
	case n.Set != nil:
		return n.Set, nil
	case n.Data == "":
		return nil, errors.New("the model does not record which they are")
	}
	return data.Open(n.Data, data.Pretrain, n.Reading.Until(ctx))
}

// leaveOut takes out the images on the list. If other images replace the model's own
// (then no file keeps what is learnt), they need not be those that the list is about.
func (n Source) leaveOut(set data.Dataset) (data.Dataset, error) {
	if n.List == "" {
		return set, nil
	}
	list, err := data.ReadQuarantine(n.List)
	if n.File == "" && (errors.Is(err, fs.ErrNotExist) || err == nil && !list.Fits(set)) {
		return set, nil
	}
	if err != nil {
		return nil, err
	}
	if set, err = list.Without(set); err != nil {
		return nil, fmt.Errorf("%s: %w", n.List, err)
	}
	return set, nil
}
