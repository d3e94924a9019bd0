package live

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"time"

	"github.com/amdim/amdim/report"
)

//go:embed page.html live.js
var files embed.FS

var page = template.Must(template.New("page.html").Funcs(template.FuncMap{"style": report.Style}).
	ParseFS(files, "page.html"))

// policy forbids a page to load anything from elsewhere.
const policy = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'"

// stall is how long a browser may take to accept an event.
const stall = 30 * time.Second

// patience is how long one may take to accept any other answer, which lies in memory
// meanwhile, and to ask again over the same connection. All records of a long run are 16 MiB.
const patience = 2 * time.Minute

func (s *Server) handler() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("GET /{$}", s.page)
	m.HandleFunc("GET /events", s.events)
	m.HandleFunc("GET /metrics.json", s.metrics)
	m.HandleFunc("GET /live.js", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(w, r, files, "live.js")
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.count(1)
		defer s.count(-1)
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if !s.guard.Allows(r.Host) {
			http.Error(w, fmt.Sprintf("no run is shown at %q: use localhost or an IP address instead, "+
				"or serve the page at that name", r.Host), http.StatusForbidden)
			return
		}
		m.ServeHTTP(w, r)
	})
}

func (s *Server) page(w http.ResponseWriter, _ *http.Request) {
	var html bytes.Buffer
	err := page.Execute(&html, s.current())
	s.send(w, "text/html; charset=utf-8", html.Bytes(), err)
}

func (s *Server) metrics(w http.ResponseWriter, _ *http.Request) {
	text, err := json.Marshal(s.current().Snapshot)
	s.send(w, "application/json", append(text, '\n'), err)
}

// send answers with a body that was made, or with the error of making it.
func (s *Server) send(w http.ResponseWriter, kind string, body []byte, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", kind)
	http.NewResponseController(w).SetWriteDeadline(time.Now().Add(s.patience))
	w.Write(body) // an error is the browser's: it went away, or did not read
}

// event is what live.js reads.
type event struct {
	Tab   string        `json:"tab"`
	About string        `json:"about"`
	HTML  template.HTML `json:"html"`
}

// events sends each version that is current when the one before is sent, until
// the run is over or the browser goes away.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	for {
		v := s.current()
		html, err := v.HTML()
		if err != nil {
			return
		}
		data, err := json.Marshal(event{v.Tab(), v.About, html})
		if err != nil {
			return
		}
		out.SetWriteDeadline(time.Now().Add(stall))
		if _, err := fmt.Fprintf(w, "event: progress\ndata: %s\n\n", data); err != nil {
			return
		}
		if v.over() {
			fmt.Fprint(w, "event: end\ndata:\n\n")
		}
		if out.Flush() != nil || v.over() {
			return
		}
		select {
		case <-v.replaced:
		case <-r.Context().Done():
			return
		}
		select {
		case <-time.After(s.pace):
		case <-r.Context().Done():
			return
		}
	}
}
