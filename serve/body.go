package serve

import (
	"errors"
	"io"
	"net/http"
	"time"
)

const mostDiscarded = 4 // times Config.Bytes

// discard reads what is left of the body of a request that is refused: most clients send all of
// it before they read an answer, and find the connection broken where nobody takes it. One that
// waits to be asked for it ("Expect") is not asked, and one that has more than is read here would
// find the connection broken all the same.
func (h *Handler) discard(r *http.Request, body io.Reader) {
	if r.Header.Get("Expect") == "" && r.ContentLength <= mostDiscarded*h.config.Bytes {
		io.CopyN(io.Discard, body, mostDiscarded*h.config.Bytes) // an error is the client's, or its time is over
	}
}

// timedBody is a body that has a deadline, so that a client who sends a byte now and then
// holds no place for ever. Behind the end of the body there is none: to the server, one that
// passes is a client that has gone.
type timedBody struct {
	io.ReadCloser
	connection *http.ResponseController
	err        error // behind it nothing is read
}

// Read implements io.Reader.
func (b *timedBody) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.ReadCloser.Read(p)
	if b.err = err; errors.Is(err, io.EOF) {
		b.connection.SetReadDeadline(time.Time{})
	}
	return n, err
}
