package serve

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"

	"github.com/amdim/amdim"
	"github.com/amdim/amdim/internal/spelling"
)

// fault is an error with the status that tells of it.
type fault struct {
	status int
	error
}

func (f *fault) Unwrap() error { return f.error }

func faultf(status int, format string, args ...any) error {
	return &fault{status, fmt.Errorf(format, args...)}
}

// statusOf is the status that tells of an error.
func statusOf(err error) int {
	var f *fault
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &f):
		return f.status
	case errors.As(err, &large), errors.Is(err, amdim.ErrTooLarge), errors.Is(err, amdim.ErrTooFine):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, amdim.ErrFormat):
		return http.StatusUnsupportedMediaType
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded),
		errors.Is(err, context.Canceled), errors.Is(err, amdim.ErrClosed):
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// refusal is the body of an answer that is an error.
type refusal struct {
	Error string `json:"error"`
}

// refuse answers with an error.
func (h *Handler) refuse(header http.Header, err error) reply {
	status := statusOf(err)
	switch status {
	case http.StatusServiceUnavailable:
		header.Set("Retry-After", "1")
	case http.StatusInternalServerError:
		h.config.Log("serve: %v", err)
	}
	out, err := replyJSON(status, refusal{h.text(err)})
	if err != nil {
		return reply{status: status, kind: "application/json", body: []byte("{}\n")}
	}
	return out
}

// text is an error as a client reads it.
func (h *Handler) text(err error) string {
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return fmt.Sprintf("the request has more than %d bytes, the limit", h.config.Bytes)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Sprintf("the request was not done after %v, the limit: try again", h.config.Timeout)
	}
	if statusOf(err) == http.StatusInternalServerError { // it may name files of this machine
		return "the server failed: its log says why"
	}
	return spelling.Plain(err.Error())
}
