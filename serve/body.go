package serve

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// timedBody is a body that has a deadline, so that a client who sends a byte now and then
// holds no place for ever. Behind the end of the body there is none: to the server, one that
// passes is a client that has gone.
type timedBody struct {
	io.ReadCloser
	connection *http.ResponseController
}

// Read implements io.Reader.
func (b *timedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) {
		b.connection.SetReadDeadline(time.Time{})
	}
	return n, err
}
