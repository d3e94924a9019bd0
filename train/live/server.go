package live

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/amdim/amdim/internal/hosts"
	"github.com/amdim/amdim/report"
)

// grace is how long Close waits for browsers to receive the last event.
const grace = 2 * time.Second

// pace is the time between the events of a browser: drawing curves takes
// milliseconds that a small network trains in.
const pace = 250 * time.Millisecond

// Server shows one run. Its methods may be called from several goroutines at once.
type Server struct {
	listener net.Listener
	guard    hosts.Guard
	http     *http.Server
	stopped  chan struct{} // closed when Serve has returned
	grace    time.Duration
	pace     time.Duration
	patience time.Duration

	mu       sync.Mutex
	now      *version
	requests int           // under way
	closing  bool          // no more are wanted
	drained  chan struct{} // closed when none is under way and none is wanted
}

// Listen serves pages at an address such as 127.0.0.1:8080, of which port 0 means
// any that is free, until Close. The error names an address that is in use or none.
func Listen(address, title string) (*Server, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("live: %w", err)
	}
	s := &Server{
		listener: l, guard: hosts.Guard{Names: []string{hosts.Name(address)}},
		grace: grace, pace: pace, patience: patience,
		stopped: make(chan struct{}), drained: make(chan struct{}),
		now: newVersion(Snapshot{
			Title: title, State: report.Waiting, Text: "The first update has not been made yet.",
		}),
	}
	s.http = &http.Server{
		Handler: s.handler(), ReadHeaderTimeout: 10 * time.Second, WriteTimeout: patience, IdleTimeout: patience,
	}
	go func() {
		defer close(s.stopped)
		s.http.Serve(l) // it returns when Close closes l
	}()
	return s, nil
}

// URL is where a browser finds the page.
func (s *Server) URL() string { return hosts.URL(s.listener.Addr()) }

// Remote reports whether other machines may reach the page: Listen was not given a
// loopback address.
func (s *Server) Remote() bool { return hosts.Remote(s.listener.Addr()) }

// Show replaces what pages show. It does not wait for them.
func (s *Server) Show(snapshot Snapshot) {
	v := newVersion(snapshot)
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.now.replaced)
	s.now = v
}

func (s *Server) current() *version {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// count notes a request that begins, or ends.
func (s *Server) count(change int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests += change
	s.drain()
}

// drain closes drained when it is time, once; s.mu is held.
func (s *Server) drain() {
	if !s.closing || s.requests > 0 {
		return
	}
	select {
	case <-s.drained:
	default:
		close(s.drained)
	}
}

// Close gives browsers a moment to receive what was last shown, and stops.
func (s *Server) Close() error {
	if last := s.current(); !last.over() {
		end := last.Snapshot
		end.State, end.Text = report.Failed, "The program has stopped."
		s.Show(end)
	}
	s.listener.Close() // an error comes again below
	s.mu.Lock()
	s.closing = true
	s.drain()
	s.mu.Unlock()
	// Shutdown of http would wait seconds for connections that browsers open in
	// advance and ask nothing of.
	select {
	case <-s.drained:
	case <-time.After(s.grace):
	}
	err := s.http.Close()
	<-s.stopped
	if err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("live: close: %w", err)
	}
	return nil
}
