package serve

import (
	"context"
	"errors"
	"fmt"
	"image"

	"github.com/amdim/amdim"
)

// Offer is what a Handler answers from besides its model: an index, a classifier and pictures.
// What it points to must not change.
type Offer struct {
	Index      *amdim.Index      // to search, of vectors of the Model; nil: none
	Classifier *amdim.Classifier // that learnt from vectors of the Model; nil: none

	// Picture returns a small version of image i of Index, for the page. An error or a nil image is
	// status 404. Nil: pictures are not shown. It may be called from several goroutines.
	Picture func(ctx context.Context, i int) (image.Image, error)
}

func (o Offer) check(m *amdim.Model) error {
	if o.Picture != nil && o.Index == nil {
		return errors.New("pictures are those of an index, and none is given")
	}
	if o.Index != nil {
		if err := m.CheckIndex(o.Index); err != nil {
			return err
		}
	}
	if o.Classifier != nil {
		return m.CheckClassifier(o.Classifier)
	}
	return nil
}

// Offer returns the Offer in use.
func (h *Handler) Offer() Offer { return *h.offer.Load() }

// Update calls f to change the Offer, for example to an Index that holds more images. Requests in
// progress finish with the Offer that they began with. If f returns an error, or the new Offer is
// one that New would refuse, nothing changes and Update returns that error. Updates run one at a
// time.
func (h *Handler) Update(f func(o *Offer) error) error {
	h.updating.Lock()
	defer h.updating.Unlock()
	o := h.Offer()
	err := f(&o)
	if err == nil {
		err = o.check(h.config.Model)
	}
	if err != nil {
		return fmt.Errorf("serve: update: %w", err)
	}
	h.offer.Store(&o)
	return nil
}
