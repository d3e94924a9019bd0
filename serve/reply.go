package serve

import (
	"bytes"
	"encoding/json"
	"net/http"
)

// reply is what a request is answered.
type reply struct {
	status int
	kind   string // its Content-Type
	body   []byte
}

// replyJSON answers with a value, names as they are.
func replyJSON(status int, v any) (reply, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return reply{status, "application/json", b.Bytes()}, err
}

func health(*http.Request) (reply, error) {
	return replyJSON(http.StatusOK, map[string]string{"status": "ok"})
}
