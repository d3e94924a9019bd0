package serve

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/amdim/amdim"
)

// Config says what a Handler offers, and how much it takes.
type Config struct {
	Model *amdim.Model // needed; it stays open as long as the Handler is used
	Offer              // Update changes it later
	Title string       // of the page; empty: amdim

	// Limits; 0 is the default. Besides the model and the index (two indexes while Update replaces
	// one), they bound the memory that a Handler takes to
	//
	//   - twice Bytes for each of Requests;
	//   - up to 6 bytes a pixel for a picture of parts that is not read yet;
	//   - 32 bytes for each of Pixels, at least 150 MB, while images are decoded for their vectors;
	//   - with a mixture, as much again, and what Model.Segment takes for the image that it segments:
	//     up to 4 GiB if a request asks for a large side.
	//
	// What the garbage collector has not found yet comes on top: half as much with GOGC=25, as
	// measured under load. debug.SetMemoryLimit makes it collect sooner.
	//
	// Timeout sets deadlines of the connection, for clients that send or read slowly. Middleware
	// that wraps the ResponseWriter needs a method Unwrap for this: see [http.ResponseController].
	// With middleware that has none, such as http.TimeoutHandler, such a client keeps its place for
	// as long as ReadTimeout and WriteTimeout of the http.Server allow, and Log is told so once.
	Bytes    int64         // of a request's body; default 32 MiB
	Pixels   int64         // of an image, and of all that are decoded at a time; default 50 million
	Requests int           // under way, until their answers are read; more get status 503; default 64
	Timeout  time.Duration // of a request, waiting included, and of reading its answer; default one minute

	// Log is called with errors that are the server's fault: status 500, those of Picture and, once,
	// a ResponseWriter that takes no deadlines. Nil: they are not logged.
	Log func(format string, args ...any)
}

// mostImages is how many a request may hold.
const mostImages = 64

func (c Config) withDefaults() Config {
	c.Title = cmp.Or(c.Title, "amdim")
	c.Bytes = cmp.Or(c.Bytes, 32<<20)
	c.Pixels = cmp.Or(c.Pixels, 50e6)
	c.Requests = cmp.Or(c.Requests, 64)
	c.Timeout = cmp.Or(c.Timeout, time.Minute)
	if c.Log == nil {
		c.Log = func(string, ...any) {}
	}
	return c
}

// check returns what is wrong with a Config whose zeros are replaced.
func (c Config) check() error {
	switch {
	case c.Model == nil:
		return errors.New("no model is given")
	case c.Bytes < 1 || c.Pixels < 1 || c.Requests < 1 || c.Timeout < 0:
		return fmt.Errorf("limits of %d bytes, %d pixels, %d requests and %v: none may be negative",
			c.Bytes, c.Pixels, c.Requests, c.Timeout)
	}
	return c.Offer.check(c.Model)
}
