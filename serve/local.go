package serve

import (
	"fmt"
	"net/http"
	"time"

	"github.com/amdim/amdim/internal/hosts"
)

// Local returns a handler for a server without a proxy before it: it answers what is asked
// of an IP address, localhost, the name of this machine or one of names, and nothing that a
// browser asks for the page of another site. Otherwise any page that someone on this machine
// opens could ask too.
func Local(h http.Handler, names ...string) http.Handler {
	guard := hosts.Guard{Names: names}
	refuse := func(w http.ResponseWriter, err error) {
		out, _ := replyJSON(http.StatusForbidden, refusal{err.Error()}) // a text is always JSON
		out.write(w, time.Minute)
	}
	sites := http.NewCrossOriginProtection()
	sites.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		refuse(w, fmt.Errorf("a page at %s may not ask here", r.Header.Get("Origin")))
	}))
	inner := sites.Handler(h)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !guard.Allows(r.Host) {
			refuse(w, fmt.Errorf("nothing is served at %q: use localhost or an IP address instead", r.Host))
			return
		}
		inner.ServeHTTP(w, r)
	})
}
