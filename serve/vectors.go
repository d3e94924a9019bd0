package serve

import "net/http"

// answered is one image of an answer.
type answered struct {
	Name      string        `json:"name,omitempty"`
	Error     string        `json:"error,omitempty"`
	Embedding []float32     `json:"embedding,omitempty"`
	Matches   []match       `json:"matches,omitempty"`
	Classes   []probability `json:"classes,omitempty"`
}

// answers is the body of an answer about images, in the order of the request.
type answers struct {
	Images []answered `json:"images"`
}

// embed answers with the vectors of images.
func (h *Handler) embed(r *http.Request) (reply, error) {
	if err := queryOf(r).err; err != nil {
		return reply{}, err
	}
	return h.forEach(r, func(a *answered, v []float32) error {
		a.Embedding = v
		return nil
	})
}

// forEach embeds the images of a request and lets fill complete the answer about each.
func (h *Handler) forEach(r *http.Request, fill func(a *answered, v []float32) error) (reply, error) {
	all, err := h.uploads(r)
	if err != nil {
		return reply{}, err
	}
	if err := h.embedUploads(r.Context(), all); err != nil {
		return reply{}, err
	}
	out := answers{make([]answered, len(all))}
	for i, u := range all {
		a := &out.Images[i]
		a.Name = u.name
		if u.err != nil {
			a.Error = h.text(u.err)
			continue
		}
		if err := fill(a, u.vector); err != nil {
			return reply{}, err
		}
	}
	return replyJSON(http.StatusOK, out)
}
