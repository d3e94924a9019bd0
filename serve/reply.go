package serve

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// reply is what a request is answered.
type reply struct {
	status int
	kind   string // its Content-Type
	body   []byte
}

// write answers a request, whose client has some time to read it: the error is that there is
// no deadline.
func (r reply) write(w http.ResponseWriter, timeout time.Duration) error {
	w.Header().Set("Content-Type", r.kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(r.body))) // one that is cut off can be told
	err := http.NewResponseController(w).SetWriteDeadline(time.Now().Add(timeout))
	w.WriteHeader(r.status)
	w.Write(r.body) // an error is the client's: it went away, or did not read
	return err
}

// replyJSON answers with a value, names as they are.
func replyJSON(status int, v any) (reply, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return reply{status, "application/json", b.Bytes()}, err
}

// health ignores parameters, which some who ask add to get past caches: one that is refused
// would be a sick server.
func (h *Handler) health(r *http.Request) (reply, error) {
	if _, err := h.config.Model.Embed(r.Context()); err != nil { // of no image: is the model open?
		return reply{}, err
	}
	return replyJSON(http.StatusOK, map[string]string{"status": "ok"})
}
