package serve

import (
	"fmt"
	"net/http"
	"time"

	"github.com/amdim/amdim/internal/hosts"
)

// Local returns a handler for a server without a proxy before it. It answers requests to an IP
// address, localhost, the name of this machine and names, and refuses others. It also refuses what
// a browser requests for the page of another site, as far as the browser says so; following a link
// is allowed. Without Local, any page that someone on this machine opens could send requests too.
func Local(h http.Handler, names ...string) http.Handler {
	var guard hosts.Guard
	for _, name := range names { // whose port, if somebody gives one, says nothing
		guard.Names = append(guard.Names, hosts.Name(name))
	}
	posts := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// The page of another site may not show a picture either. Browsers heed this one where
		// they do not say for whom they ask: http at an address that is not this machine's own.
		w.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
		switch {
		case !guard.Allows(r.Host):
			forbid(w, "nothing is served at %q: use localhost or an IP address instead", r.Host)
		case posts.Check(r) != nil || embeds(r):
			forbid(w, "a page of another site may not ask here (Origin: %q)", r.Header.Get("Origin"))
		default:
			h.ServeHTTP(w, r)
		}
	})
}

// embeds reports whether a browser asks for something that the page of another site holds. A
// link to here is none.
func embeds(r *http.Request) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	other := site == "cross-site" || site == "same-site"
	return other && r.Header.Get("Sec-Fetch-Dest") != "document"
}

// forbid refuses a request. Of its body the server reads a little, and not for ever.
func forbid(w http.ResponseWriter, format string, args ...any) {
	const patience = 10 * time.Second
	out, _ := replyJSON(http.StatusForbidden, refusal{fmt.Sprintf(format, args...)}) // a text is always JSON
	http.NewResponseController(w).SetReadDeadline(time.Now().Add(patience))
	out.write(w, 2*patience) // it is written after that
}
