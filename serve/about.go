package serve

import (
	"net/http"

	"github.com/amdim/amdim/classify"
)

// about says what a server offers.
type about struct {
	Dim     int         `json:"dim"` // numbers in a vector
	Px      int         `json:"px"`  // side of the network's input
	Search  *searching  `json:"search,omitempty"`
	Classes *classifier `json:"classify,omitempty"`
	Segment bool        `json:"segment"`
	Limits  limits      `json:"limits"`
}

type searching struct {
	Images   int  `json:"images"` // in the index
	Pictures bool `json:"pictures"`
}

type classifier struct {
	Classes    []string          `json:"classes"`
	LearntFrom int               `json:"learnt_from"` // images
	Estimate   classify.Estimate `json:"cross_validation"`
}

type limits struct {
	Bytes    int64   `json:"bytes"`
	Pixels   int64   `json:"pixels"` // of an image
	Images   int     `json:"images"` // of a request
	Requests int     `json:"requests"`
	Seconds  float64 `json:"seconds"`
}

func (h *Handler) about(r *http.Request) (reply, error) {
	if err := queryOf(r).err; err != nil {
		return reply{}, err
	}
	c, o := h.config, h.Offer()
	a := about{
		Dim: c.Model.Dim(), Px: c.Model.Px(), Segment: h.unsegmented == nil,
		Limits: limits{c.Bytes, c.Pixels, mostImages, c.Requests, c.Timeout.Seconds()},
	}
	if o.Index != nil {
		a.Search = &searching{o.Index.Set().Len(), o.Picture != nil}
	}
	if l := o.Classifier; l != nil {
		a.Classes = &classifier{l.Classes, l.Images, l.Estimate}
	}
	return replyJSON(http.StatusOK, a)
}
