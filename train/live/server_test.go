package live

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/amdim/amdim/report"
	"github.com/amdim/amdim/train"
	"github.com/amdim/amdim/train/health"
)

// snapshot is a run of 400 updates, of which step are made.
func snapshot(step int) Snapshot {
	s := Snapshot{
		Title: "runs/shapes", About: "32 px 32/128/1 on 4000 images of shapes", State: report.Running,
		Status: train.Status{Step: step, Steps: 500, Until: 400, Epoch: 1 + step/125, Epochs: 4},
		Left:   95 * time.Second, Classes: 10,
		Health: []health.Finding{
			{Kind: health.Starved, Level: health.Warn, Title: "Training waits for images",
				Figure: "12 % of the time is spent waiting for the next batch", Do: "more --threads"},
			{Kind: health.Learning, Level: health.OK, Title: "Learning",
				Figure: "the loss is 18.20 nats, 11.8 % below the 20.63 of guessing"},
		},
	}
	for i := 10; i <= step; i += 10 {
		fall := 4 * float64(i) / 400
		r := train.Record{Step: i, Mean: 10, PairsPerSecond: 250, WaitShare: 0.12, Seconds: float64(i) / 8,
			Tasks: map[string]train.TaskRecord{
				"1-5": {Loss: 6.5 - fall/2, Ceiling: 6.65}, "1-7": {Loss: 7.2 - fall/4, Ceiling: 7.33}},
			Probes: map[string]train.Probe{"linear": {Accuracy: fall / 6}, "mlp": {Accuracy: fall / 5}}}
		r.Loss = r.Tasks["1-5"].Loss + r.Tasks["1-7"].Loss
		s.Records, s.Status.Latest = append(s.Records, r), r
	}
	return s
}

func listen(t *testing.T) *Server {
	t.Helper()
	s, err := Listen("127.0.0.1:0", "runs/shapes")
	if err != nil {
		t.Fatal(err)
	}
	s.pace, s.grace = 0, 100*time.Millisecond
	t.Cleanup(func() { s.Close() })
	return s
}

func fetch(t *testing.T, url string) (*http.Response, string) {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r, string(text)
}

func TestThePageIsThereBeforeTheFirstUpdate(t *testing.T) {
	s := listen(t)
	r, text := fetch(t, s.URL())
	for _, want := range []string{"The first update has not been made yet.", "<h1>runs/shapes</h1>"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
	if got := r.Header.Get("Content-Type"); got != "text/html; charset=utf-8" {
		t.Errorf("content type %q", got)
	}
}

func TestThePageRefersToNothingOutside(t *testing.T) {
	s := listen(t)
	s.Show(snapshot(100))
	r, text := fetch(t, s.URL())
	for _, ref := range regexp.MustCompile(`(?:src|href|action)="([^"]*)"`).FindAllStringSubmatch(text, -1) {
		if ref[1] != "/live.js" {
			t.Errorf("reference to %s", ref[1])
		}
	}
	if got := r.Header.Get("Content-Security-Policy"); !strings.HasPrefix(got, "default-src 'none'") {
		t.Errorf("policy %q", got)
	}
}

func TestMetricsAreTheSnapshot(t *testing.T) {
	s := listen(t)
	s.Show(snapshot(200))
	_, text := fetch(t, s.URL()+"/metrics.json")
	var got Snapshot
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Records) != 20 || got.Status.Step != 200 || got.Health[1].Kind != health.Learning {
		t.Errorf("%+v", got)
	}
}

func TestOnlyPagesThatExist(t *testing.T) {
	s := listen(t)
	if r, _ := fetch(t, s.URL()+"/checkpoint.safetensors"); r.StatusCode != http.StatusNotFound {
		t.Errorf("status %d", r.StatusCode)
	}
	r, err := http.Post(s.URL(), "text/plain", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if r.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: status %d", r.StatusCode)
	}
}

// A web page that makes its name lead to this machine reads nothing.
func TestThePageIsAtItsOwnHostAlone(t *testing.T) {
	s := listen(t)
	s.guard.Names = []string{"gpu1.example"}
	for host, shown := range map[string]bool{
		"127.0.0.1:8080": true, "localhost:1": true, "gpu1.example:8080": true, "evil.example": false, "": false,
	} {
		for _, path := range []string{"/", "/metrics.json", "/live.js"} {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Host = host
			w := httptest.NewRecorder()
			s.http.Handler.ServeHTTP(w, r)
			if shown {
				if w.Code != http.StatusOK {
					t.Errorf("%s at %s: status %d", path, host, w.Code)
				}
				continue
			}
			said := fmt.Sprintf("no run is shown at %q: ", host)
			if body := w.Body.String(); w.Code != http.StatusForbidden || !strings.HasPrefix(body, said) ||
				strings.Count(body, "\n") != 1 {
				t.Errorf("%s at %s: status %d, %.80q", path, host, w.Code, body)
			}
		}
	}
}

func TestRemoteIsWhatOtherMachinesMayReach(t *testing.T) {
	for address, want := range map[string]bool{
		"127.0.0.1:0": false, "localhost:0": false, ":0": true, "0.0.0.0:0": true,
	} {
		s, err := Listen(address, "")
		if err != nil {
			t.Fatal(err)
		}
		if s.Remote() != want {
			t.Errorf("%s: remote %v", address, !want)
		}
		s.Close()
	}
}

// stream reads the events of a server.
type stream struct {
	t    *testing.T
	body *bufio.Reader
}

func open(t *testing.T, s *Server) stream {
	t.Helper()
	r, err := http.Get(s.URL() + "/events")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Body.Close() })
	return stream{t, bufio.NewReader(r.Body)}
}

// next is the next event with its data; "" at the end.
func (s stream) next() (name, data string) {
	s.t.Helper()
	for {
		line, err := s.body.ReadString('\n')
		if err == io.EOF {
			return "", ""
		}
		if err != nil {
			s.t.Fatal(err)
		}
		if line == "\n" {
			return name, data
		}
		key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ":")
		switch key {
		case "event":
			name = strings.TrimSpace(value)
		case "data":
			data = strings.TrimSpace(value)
		}
	}
}

func TestEveryBrowserSeesTheRunUntilItsEnd(t *testing.T) {
	s := listen(t)
	var streams []stream
	for range 20 {
		b := open(t, s)
		if name, data := b.next(); name != "progress" || !strings.Contains(data, "not been made yet") {
			t.Fatalf("first event %q: %s", name, data)
		}
		streams = append(streams, b)
	}
	s.Show(snapshot(100))
	for _, b := range streams {
		if _, data := b.next(); !strings.Contains(data, "25 % · runs/shapes") {
			t.Fatalf("second event %s", data)
		}
	}
	end := snapshot(400)
	end.State, end.Text = report.Ended, "The run has ended."
	s.Show(end)
	for _, b := range streams {
		name, data := b.next()
		if name != "progress" || !strings.Contains(data, "The run has ended.") {
			t.Fatalf("last event %q: %s", name, data)
		}
		if name, _ := b.next(); name != "end" {
			t.Fatalf("%q after the last event", name)
		}
		if name, _ := b.next(); name != "" {
			t.Fatalf("%q after the end", name)
		}
	}
}

// A browser that reads nothing fills its connection, and nothing else waits.
func TestABrowserThatDoesNotReadHoldsUpNothing(t *testing.T) {
	s := listen(t)
	c, err := net.Dial("tcp", s.listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
	big := snapshot(400)
	big.About = strings.Repeat("x", 1<<20)
	other := open(t, s)
	other.next()
	for i := range 50 {
		big.Title = fmt.Sprint("shown ", i)
		s.Show(big)
		if _, data := other.next(); !strings.Contains(data, big.Title) {
			t.Fatalf("event %d is of another snapshot", i)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// What is sent to a browser that does not read is given up after a while. Events have
// their own time.
func TestAnAnswerThatIsNotReadIsGivenUp(t *testing.T) {
	s := listen(t)
	if s.http.WriteTimeout != patience || s.http.IdleTimeout != patience {
		t.Fatalf("%v to write, %v idle", s.http.WriteTimeout, s.http.IdleTimeout)
	}
	s.patience, s.grace = 50*time.Millisecond, time.Hour
	big := snapshot(10)
	big.About = strings.Repeat("x", 8<<20) // more than a connection holds
	s.Show(big)
	for _, path := range []string{"/", "/metrics.json"} {
		c, err := net.Dial("tcp", s.listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.(*net.TCPConn).SetReadBuffer(4096)
		fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path)
		if _, err := c.Read(make([]byte, 1)); err != nil { // the answer has begun
			t.Fatal(err)
		}
	}
	s.Show(snapshot(20))
	b := open(t, s)
	b.next()
	ended := make(chan error)
	go func() { ended <- s.Close() }() // which waits for every answer
	if _, data := b.next(); !strings.Contains(data, "The program has stopped.") {
		t.Errorf("last event %s", data)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestCloseWithoutAnEndSaysSo(t *testing.T) {
	s := listen(t)
	b := open(t, s)
	b.next()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, data := b.next(); !strings.Contains(data, "The program has stopped.") {
		t.Errorf("last event %s", data)
	}
	if err := s.Close(); err != nil {
		t.Errorf("closed twice: %v", err)
	}
}

func TestAnAddressInUseIsAnErrorThatNamesIt(t *testing.T) {
	s := listen(t)
	address := s.listener.Addr().String()
	if _, err := Listen(address, ""); err == nil || !strings.Contains(err.Error(), address) {
		t.Errorf("%v", err)
	}
}

func TestTimesAsPeopleSayThem(t *testing.T) {
	for d, want := range map[time.Duration]string{
		400 * time.Millisecond: "0 s", 59 * time.Second: "59 s", 200 * time.Second: "3 min 20 s",
		50 * time.Minute: "50 min", 125 * time.Minute: "2 h 5 min", 50 * time.Hour: "2 days 2 h",
	} {
		if got := spell(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}
