package serve

import (
	"net/http"

	"github.com/amdim/amdim"
)

// mostMatches is how many a search may ask for.
const mostMatches = 1000

type match = amdim.Match

var errNoIndex = faultf(http.StatusNotFound, "no index was given to this server: there is nothing to search")

// search answers with the images of the index that are nearest to those of a request.
func (h *Handler) search(r *http.Request) (reply, error) {
	q := queryOf(r, "k")
	k := q.count("k", 10, mostMatches)
	index := h.Offer().Index
	switch {
	case index == nil:
		return reply{}, errNoIndex
	case q.err != nil:
		return reply{}, q.err
	}
	return h.forEach(r, func(a *answered, v []float32) (err error) {
		a.Matches, err = index.Search(v, k)
		return err
	})
}

// searchName is search for an image of the index.
func (h *Handler) searchName(r *http.Request) (reply, error) {
	q := queryOf(r, "k", "name")
	k, name := q.count("k", 10, mostMatches), q.values.Get("name")
	index := h.Offer().Index
	switch {
	case index == nil:
		return reply{}, errNoIndex
	case q.err != nil:
		return reply{}, q.err
	case name == "":
		return reply{}, faultf(http.StatusBadRequest, "name is missing: name an image of the index, or POST one")
	}
	i, err := index.Find(name)
	if err != nil {
		return reply{}, faultf(http.StatusNotFound, "%w", err)
	}
	matches, err := index.Near(i, k)
	if err != nil {
		return reply{}, err
	}
	return replyJSON(http.StatusOK, answers{[]answered{{Name: index.Set().Names[i], Matches: matches}}})
}
