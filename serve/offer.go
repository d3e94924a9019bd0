package serve

import (
	"context"
	"errors"
	"fmt"
	"image"

	"github.com/amdim/amdim"
)

// Offer is what a Handler answers from beside its model. What it points to must not change.
type Offer struct {
	Index      *amdim.Index      // to search, of vectors of the Model; nil: none
	Classifier *amdim.Classifier // that learnt from vectors of the Model; nil: none

	// Picture returns image i of Index, small, for the page; an error or no image is status 404. Nil:
	// pictures are not shown. It may be called from several goroutines.
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

// Offer returns what is answered from.
func (h *Handler) Offer() Offer { return *h.offer.Load() }

// Update lets f change what is answered from, such as to an Index that holds more images. A
// request that is under way ends with the Offer that it began with. If f fails, or Update with an
// error of New, nothing changes. One Update at a time runs.
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
