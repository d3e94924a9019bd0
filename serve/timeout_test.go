package serve

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"image"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/amdim/amdim"
)

// pipes is a listener whose connections lie in memory, so that their clock may be false.
type pipes struct {
	accepted chan net.Conn
	close    func() error
}

func (p pipes) Accept() (net.Conn, error) {
	if c, ok := <-p.accepted; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}

func (p pipes) Close() error { return p.close() }

func (p pipes) Addr() net.Addr { return &net.TCPAddr{} }

// connect serves one connection, until the test ends.
func connect(t *testing.T, h http.Handler) (net.Conn, *bufio.Reader) {
	ours, its := net.Pipe()
	accepted := make(chan net.Conn, 1)
	accepted <- its
	listener := pipes{accepted, sync.OnceValue(func() error { close(accepted); return nil })}
	server, done := &http.Server{Handler: h}, make(chan struct{})
	go func() { defer close(done); server.Serve(listener) }()
	t.Cleanup(func() { server.Close(); <-done; ours.Close() })
	return ours, bufio.NewReader(ours)
}

// status checks the status of the next answer and reads it.
func status(t *testing.T, in *bufio.Reader, want int) {
	t.Helper()
	r, err := http.ReadResponse(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body := make([]byte, 1000)
	n, _ := r.Body.Read(body)
	if r.StatusCode != want {
		t.Fatalf("status %d, want %d: %s", r.StatusCode, want, body[:n])
	}
}

// A client that sends a byte now and then gives way to others in the end.
func TestABodyThatDoesNotComeIsGivenUp(t *testing.T) {
	h := handler(t, Config{Requests: 1, Timeout: 5 * time.Second})
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		conn, in := connect(t, h)
		go func() {
			fmt.Fprint(conn, "POST /v1/embed HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n")
			for {
				time.Sleep(time.Second)
				if _, err := conn.Write([]byte("x")); err != nil {
					return
				}
			}
		}()
		status(t, in, http.StatusServiceUnavailable)
		if took := time.Since(begin); took != 5*time.Second {
			t.Errorf("given up after %v", took)
		}
		conn.Close()
		time.Sleep(2 * time.Second)
	})
	if len(h.room) != 0 {
		t.Error("the request keeps its place")
	}
}

// A connection outlives the deadlines of its requests. With "Expect" the server writes before
// the handler does.
func TestAConnectionIsUsedAgain(t *testing.T) {
	h := handler(t, Config{Timeout: 5 * time.Second})
	synctest.Test(t, func(t *testing.T) {
		conn, in := connect(t, h)
		for range 3 {
			fmt.Fprint(conn, "POST /v1/embed HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
			status(t, in, http.StatusContinue)
			fmt.Fprint(conn, "hello")
			status(t, in, http.StatusUnsupportedMediaType)
			time.Sleep(time.Minute)
		}
	})
}

// A client that asks before it sends its body is refused without it.
func TestARefusalDoesNotWaitForTheBody(t *testing.T) {
	h := handler(t, Config{Bytes: 1000})
	for _, c := range []struct {
		path           string
		length, status int
	}{
		{"/health", 5, http.StatusMethodNotAllowed},
		{"/v1/embed", 1001, http.StatusRequestEntityTooLarge},
		{"/v1/segment", 1001, http.StatusRequestEntityTooLarge},
	} {
		synctest.Test(t, func(t *testing.T) {
			begin := time.Now()
			conn, in := connect(t, h)
			fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n",
				c.path, c.length)
			status(t, in, c.status)
			if took := time.Since(begin); took != 0 {
				t.Errorf("%s: refused after %v", c.path, took)
			}
		})
	}
}

// Most clients read no answer before they have sent all, of which more is left than is buffered.
func TestARefusalIsHeardByAClientThatSendsAll(t *testing.T) {
	h := handler(t, Config{Bytes: 1 << 20, Requests: 1, Timeout: 5 * time.Second})
	for _, c := range []struct {
		what, path   string
		length, took int // seconds
		status       int
	}{
		{"a wrong parameter", "/v1/embed?k=3", 1 << 20, 0, http.StatusBadRequest},
		{"no path", "/v2/embed", 1 << 20, 0, http.StatusNotFound},
		{"too many bytes", "/v1/embed", 4 << 20, 0, http.StatusRequestEntityTooLarge},
		{"no place", "/v1/embed?", 1 << 20, 0, http.StatusServiceUnavailable},
		{"a body that does not come", "/v1/embed?k=3", 2 << 20, 5, http.StatusBadRequest},
	} {
		synctest.Test(t, func(t *testing.T) {
			if c.what == "no place" {
				h.room <- struct{}{}
				defer h.room.Leave()
			}
			begin := time.Now()
			conn, in := connect(t, h)
			fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n", c.path, c.length)
			if c.took > 0 {
				c.length /= 2
			}
			if n, err := conn.Write(make([]byte, c.length)); err != nil {
				t.Errorf("%s: %d bytes are taken: %v", c.what, n, err)
			}
			status(t, in, c.status)
			if took := time.Since(begin); took != time.Duration(c.took)*time.Second {
				t.Errorf("%s: answered after %v", c.what, took)
			}
			conn.Close()
			time.Sleep(time.Second) // in which the server lets a client read its answer
		})
	}
}

// What is left of a refused body, if it is read at all, takes no place from others.
func TestARefusedRequestHoldsNoPlace(t *testing.T) {
	h := handler(t, Config{Bytes: 1 << 20, Requests: 1, Timeout: 5 * time.Second})
	for _, c := range []struct{ length, took int }{{2 << 20, 5}, {5 << 20, 0}} {
		synctest.Test(t, func(t *testing.T) {
			begin := time.Now()
			conn, in := connect(t, h)
			fmt.Fprintf(conn, "POST /v1/embed HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n", c.length)
			synctest.Wait()
			if len(h.room) > 0 {
				t.Errorf("a body of %d bytes that is refused holds a place", c.length)
			}
			status(t, in, http.StatusRequestEntityTooLarge)
			if took := time.Since(begin); took != time.Duration(c.took)*time.Second {
				t.Errorf("a body of %d bytes is refused after %v", c.length, took)
			}
			conn.Close()
			time.Sleep(time.Second)
		})
	}
}

// A client that does not read its answer gives way to others in the end.
func TestAnAnswerThatIsNotReadIsGivenUp(t *testing.T) {
	m := openModel(t)
	large, err := amdim.Decode(stripes(t, 300, 300, 1)) // more than is buffered
	if err != nil {
		t.Fatal(err)
	}
	picture := func(context.Context, int) (image.Image, error) { return large, nil }
	h := handler(t, Config{
		Model: m, Offer: Offer{Index: album(t, m, 3), Picture: picture}, Requests: 1, Timeout: 5 * time.Second,
	})
	synctest.Test(t, func(t *testing.T) {
		conn, in := connect(t, h)
		fmt.Fprint(conn, "GET /v1/picture?index=0 HTTP/1.1\r\nHost: x\r\n\r\n")
		if _, err := in.ReadByte(); err != nil { // its first bytes
			t.Fatal(err)
		}
		time.Sleep(4 * time.Second)
		if len(h.room) != 1 {
			t.Error("the request has no place")
		}
		time.Sleep(2 * time.Second)
		if len(h.room) != 0 {
			t.Error("the request keeps its place")
		}
	})
}

// What middleware makes of a ResponseWriter: opened lets others see it, closed does not, and
// inward takes a deadline of the answer alone.
type (
	opened struct{ http.ResponseWriter }
	closed struct{ http.ResponseWriter }
	inward struct{ http.ResponseWriter }
)

func (o opened) Unwrap() http.ResponseWriter    { return o.ResponseWriter }
func (inward) SetWriteDeadline(time.Time) error { return nil }

// Who runs a server is told that its time limit is less than it seems, and not at each request.
func TestAWriterWithoutDeadlinesIsToldOfOnce(t *testing.T) {
	m := openModel(t)
	for _, c := range []struct {
		method, target string
		wrap           func(w http.ResponseWriter) http.ResponseWriter
		want           string // in the log, which is empty for ""
	}{
		{"POST", "/v1/embed", func(w http.ResponseWriter) http.ResponseWriter { return opened{w} }, ""},
		{"GET", "/health", func(w http.ResponseWriter) http.ResponseWriter { return closed{w} }, "serve.closed"},
		{"POST", "/v1/embed", func(w http.ResponseWriter) http.ResponseWriter { return inward{w} }, "serve.inward"},
	} {
		var logged []string
		h := handler(t, Config{Model: m, Log: func(format string, args ...any) {
			logged = append(logged, fmt.Sprintf(format, args...))
		}})
		for range 2 {
			w := httptest.NewRecorder()
			var body io.Reader
			if c.method == http.MethodPost {
				body = bytes.NewReader(photo(t, 1))
			}
			h.ServeHTTP(c.wrap(recorder{w}), httptest.NewRequest(c.method, c.target, body))
			if w.Code != http.StatusOK {
				t.Errorf("status %d: %s", w.Code, w.Body)
			}
		}
		all := strings.Join(logged, "\n")
		if (c.want == "") != (all == "") || len(logged) > 1 || !strings.Contains(all, c.want) {
			t.Errorf("%s: logged %q, want %q once", c.method, logged, c.want)
		}
	}
}
