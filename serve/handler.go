package serve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/amdim/amdim"
	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/internal/spelling"
)

// Handler is an http.Handler. Its methods may be called from several goroutines.
type Handler struct {
	config      Config // without its Offer
	offer       atomic.Pointer[Offer]
	updating    sync.Mutex          // held while another Offer is made of the present one
	routes      map[string]route    // by path
	unsegmented error               // why images cannot be segmented; nil: they can
	room        parallel.Turns      // of requests under way
	decoding    *semaphore.Weighted // pixels of images in full
	segmenting  parallel.Turns      // an image in full, with its map
	picturing   parallel.Turns      // an image of the index
	unbounded   sync.Once           // a ResponseWriter that takes no deadlines is told of
}

// route is what answers a path, by method.
type route struct {
	get, post func(*http.Request) (reply, error)
	free      bool // it takes next to nothing: it is answered however many requests are under way
}

// New returns a Handler. If the model has a mixture, New prepares it to segment, which may take
// some seconds. If it cannot be prepared, the Handler refuses to segment, with the reason. An
// Index or a Classifier of another network, or of vectors of another length, is an error that
// wraps [amdim.ErrOtherNetwork].
func New(ctx context.Context, c Config) (*Handler, error) {
	c = c.withDefaults()
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("serve: %w", err)
	}
	offer := c.Offer
	c.Offer = Offer{} // what is replaced is to be freed
	h := &Handler{
		config: c, room: make(parallel.Turns, c.Requests), decoding: semaphore.NewWeighted(c.Pixels),
		segmenting: make(parallel.Turns, 1), picturing: make(parallel.Turns, runtime.GOMAXPROCS(0)),
	}
	h.offer.Store(&offer)
	h.unsegmented = c.Model.PrepareSegment(ctx)
	if h.unsegmented != nil && h.lack() == nil {
		return nil, fmt.Errorf("serve: %w", h.unsegmented)
	}
	h.routes = map[string]route{
		"/":            {get: h.page, free: true},
		"/page.js":     {get: static("page.js", "text/javascript; charset=utf-8"), free: true},
		"/page.css":    {get: static("page.css", "text/css; charset=utf-8"), free: true},
		"/health":      {get: h.health, free: true},
		"/v1/model":    {get: h.about, free: true},
		"/v1/embed":    {post: h.embed},
		"/v1/search":   {get: h.searchName, post: h.search},
		"/v1/classify": {post: h.classify},
		"/v1/segment":  {post: h.segment},
		"/v1/picture":  {get: h.picture},
	}
	return h, nil
}

// Segments returns nil if images can be segmented, or the reason why not. It wraps
// [amdim.ErrNoMixture], [amdim.ErrNoLocations], [amdim.ErrNoNegatives] or [amdim.ErrChanged].
// Opening the model again and making another Handler may help.
func (h *Handler) Segments() error { return h.unsegmented }

// lack is what images cannot be segmented without, nil where it is nothing that a model may
// lack. It does not say where that was looked for.
func (h *Handler) lack() error {
	for _, reason := range []error{
		amdim.ErrNoMixture, amdim.ErrNoLocations, amdim.ErrNoNegatives, amdim.ErrChanged,
	} {
		if errors.Is(h.unsegmented, reason) {
			return reason
		}
	}
	return nil
}

// policy forbids the page to load anything from elsewhere.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; " +
	"connect-src 'self'"

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Security-Policy", policy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-store")
	connection := http.NewResponseController(w)
	var body io.ReadCloser = http.NoBody
	if r.Body != nil && r.Body != http.NoBody {
		h.bounds(w, connection.SetReadDeadline(time.Now().Add(h.config.Timeout)))
		body = &timedBody{ReadCloser: r.Body, connection: connection}
		r = r.WithContext(r.Context()) // a copy: the server looks at the body of its own
		r.Body = http.MaxBytesReader(w, body, h.config.Bytes)
	}
	call, free, err := h.route(header, r)
	leave := func() {}
	if err == nil && !free {
		select {
		case h.room <- struct{}{}:
			leave = sync.OnceFunc(h.room.Leave)
			defer leave() // when it is written: until then it is held
		default:
			err = faultf(http.StatusServiceUnavailable, "%s under way: try again",
				spelling.CountOf(h.config.Requests, "request is", "requests are"))
		}
	}
	var out reply
	if err == nil {
		ctx, cancel := context.WithTimeout(r.Context(), h.config.Timeout)
		defer cancel()
		out, err = call(r.WithContext(ctx))
	}
	if err != nil {
		out = h.refuse(header, err)
		leave() // a refusal holds nothing while the rest of its body comes
		h.discard(r, body)
	}
	h.bounds(w, out.write(w, h.config.Timeout))
}

// bounds tells Log, once, if err is that of a ResponseWriter that takes no deadlines.
func (h *Handler) bounds(w http.ResponseWriter, err error) {
	if errors.Is(err, http.ErrNotSupported) {
		h.unbounded.Do(func() {
			h.config.Log("serve: %T takes no deadlines: a client that sends or reads slowly may keep its place for "+
				"longer than %v; it needs a method Unwrap, as http.ResponseController says", w, h.config.Timeout)
		})
	}
}

// route finds what answers a request, and whether it is free.
func (h *Handler) route(header http.Header, r *http.Request) (
	call func(*http.Request) (reply, error), free bool, err error) {
	to, ok := h.routes["/"+strings.TrimPrefix(r.URL.Path, "/")]
	if !ok {
		return nil, false, faultf(http.StatusNotFound, "nothing is at %s: the page at / says what is", r.URL.Path)
	}
	call = to.get
	if r.Method == http.MethodPost {
		call = to.post
	}
	if call == nil || !slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodPost}, r.Method) {
		header.Set("Allow", to.allowed())
		return nil, false, faultf(http.StatusMethodNotAllowed, "%s takes %s, not %s",
			r.URL.Path, to.allowed(), r.Method)
	}
	return call, to.free, nil
}

// allowed lists the methods of a route.
func (t route) allowed() string {
	switch {
	case t.post == nil:
		return "GET, HEAD"
	case t.get == nil:
		return "POST"
	}
	return "GET, HEAD, POST"
}
