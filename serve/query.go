package serve

import (
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/amdim/amdim/internal/spelling"
)

// query is the parameters in the address of a request. The first that is wrong is kept.
type query struct {
	values url.Values
	err    error
}

// queryOf parses the parameters of a request, of which only some are known.
func queryOf(r *http.Request, known ...string) *query {
	values, err := url.ParseQuery(r.URL.RawQuery)
	q := &query{values: values}
	if err != nil {
		q.fail("the parameters cannot be read: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		near, ok := spelling.Nearest(name, known)
		switch {
		case slices.Contains(known, name) && len(values[name]) > 1:
			q.fail("%s is given %d times", name, len(values[name]))
		case slices.Contains(known, name):
		case ok:
			q.fail("unknown parameter %q: did you mean %s?", name, near)
		case len(known) == 0:
			q.fail("unknown parameter %q: %s takes none", name, r.URL.Path)
		default:
			q.fail("unknown parameter %q: need one of %s", name, strings.Join(known, ", "))
		}
	}
	return q
}

func (q *query) fail(format string, args ...any) {
	if q.err == nil {
		q.err = &fault{http.StatusBadRequest, fmt.Errorf(format, args...)}
	}
}

// count is a parameter that is a whole number from 1 to most, or else where it is missing.
func (q *query) count(name string, otherwise, most int) int {
	text := q.values.Get(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	switch {
	case err == nil && n >= 1 && n <= most:
	case most == math.MaxInt:
		q.fail("%s=%s: need a whole number from 1", name, text)
	default:
		q.fail("%s=%s: need 1 to %d", name, text, most)
	}
	return n
}

// integer is a parameter that is a whole number; 0 where it is missing.
func (q *query) integer(name string) int {
	text := q.values.Get(name)
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		q.fail("%s=%s: need a whole number", name, text)
	}
	return n
}

// number is a parameter that is a number; 0 where it is missing.
func (q *query) number(name string) float64 {
	text := q.values.Get(name)
	if text == "" {
		return 0
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		q.fail("%s=%s: need a number", name, text)
	}
	return x
}

// word is a parameter that is one of some words, the first where it is missing.
func (q *query) word(name string, words ...string) string {
	text := q.values.Get(name)
	if text == "" {
		return words[0]
	}
	if !slices.Contains(words, text) {
		q.fail("%s=%s: need %s", name, text, strings.Join(words, ", "))
	}
	return text
}
