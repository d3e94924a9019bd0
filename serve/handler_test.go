package serve

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/amdim/amdim"
)

// claim is a PNG whose header claims w×h pixels.
func claim(t *testing.T, w, h uint32) []byte {
	file := stripes(t, 8, 8, 1)
	binary.BigEndian.PutUint32(file[16:], w)
	binary.BigEndian.PutUint32(file[20:], h)
	binary.BigEndian.PutUint32(file[29:], crc32.ChecksumIEEE(file[12:29]))
	return file
}

func TestWhatIsRefusedSaysWhy(t *testing.T) {
	m := openModel(t)
	h := handler(t, Config{Model: m, Offer: Offer{Index: album(t, m, 3)}, Bytes: 20_000, Pixels: 1e6})
	good := photo(t, 1)
	many, two, none := make([][2]string, 65), [2]string{"a.png", string(good)}, []byte("--x--\r\n")
	for i := range many {
		many[i] = [2]string{"p.png", string(stripes(t, 2, 2, 1))}
	}
	manyKind, manyBody := form(t, many...)
	twoKind, twoBody := form(t, two, two)
	for _, c := range []struct {
		what, method, target, kind string
		body                       []byte
		status                     int
		want                       string
	}{
		{"no path", "GET", "/v2/embed", "", nil, 404, "/v2/embed"},
		{"another method", "GET", "/v1/embed", "", nil, 405, "takes POST, not GET"},
		{"another method", "DELETE", "/v1/search", "", nil, 405, "takes GET, HEAD, POST, not DELETE"},
		{"a page that is posted", "POST", "/", "", nil, 405, "takes GET"},
		{"no body", "POST", "/v1/embed", "", []byte{}, 400, "the body is empty"},
		{"no image", "POST", "/v1/embed", "image/png", []byte("hello"), 415, "known format"},
		{"a name", "POST", "/v1/embed", "application/x-www-form-urlencoded", []byte("cat.jpg"), 415, "@FILE"},
		{"a torn image", "POST", "/v1/embed", "", good[:len(good)/2], 422, "png"},
		{"a header alone", "POST", "/v1/embed", "", good[:20], 422, "png"},
		{"many bytes", "POST", "/v1/embed", "", make([]byte, 20_001), 413, "more than 20000 bytes"},
		{"many pixels", "POST", "/v1/embed", "", claim(t, 2000, 501), 413, "2000 × 501 pixels"},
		{"too many to count", "POST", "/v1/segment", "", claim(t, 1<<31-1, 1<<31-1), 413, "counted"},
		{"a thin image", "POST", "/v1/embed", "", claim(t, 1, 2000), 413, "1000 times"},
		{"an empty form", "POST", "/v1/embed", "multipart/form-data; boundary=x", none, 400, "the form is empty"},
		{"a form without end", "POST", "/v1/embed", twoKind, twoBody[:300], 400, "read the request"},
		{"a form without boundary", "POST", "/v1/embed", "multipart/form-data", twoBody, 400, "boundary"},
		{"many images", "POST", "/v1/embed", manyKind, manyBody, 413, "more than 64 images"},
		{"two to segment", "POST", "/v1/segment", twoKind, twoBody, 400, "one at a time"},
		{"no classes", "POST", "/v1/classify", "", good, 404, "no classes"},
		{"no pictures", "GET", "/v1/picture?index=0", "", nil, 404, "no pictures"},
	} {
		w := do(h, c.method, c.target, c.kind, bytes.NewReader(c.body))
		refused(t, c.what, w, c.status, c.want)
		if allowed := w.Header().Get("Allow"); (allowed != "") != (c.status == 405) {
			t.Errorf("%s: status %d allows %q", c.what, w.Code, allowed)
		}
	}
	unknown := io.MultiReader(bytes.NewReader(make([]byte, 20_001))) // of a length that nothing says
	refused(t, "many bytes", do(h, "POST", "/v1/embed", "", unknown), 413, "more than 20000 bytes")
	if w := do(h, "HEAD", "/v1/model", "", nil); w.Code != http.StatusOK {
		t.Errorf("HEAD: status %d", w.Code)
	}
}

// otherModel is a very small network after one update.
func otherModel(t *testing.T, settings ...string) *amdim.Model {
	t.Helper()
	dir := t.TempDir()
	if _, err := amdim.Pretrain(t.Context(), amdim.PretrainConfig{
		Preset: "demo", Data: "shapes:train=24,test=9", Out: dir, MaxSteps: 1,
		Set: append([]string{"model.ndf=4", "model.n_depth=1", "train.batch=8", "train.epochs=1"}, settings...),
	}); err != nil {
		t.Fatal(err)
	}
	m, err := amdim.Open(dir, amdim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

// The locations of a small image may take more memory than there is.
func TestMoreLocationsThanThereIsMemoryForAreRefused(t *testing.T) {
	h := handler(t, Config{Model: otherModel(t, "model.n_rkhs=64", "model.mix.k=2")})
	w := post(h, "/v1/segment?side=4096&step=1", stripes(t, 8, 16, 1))
	refused(t, "segment", w, 413, "lower the side or widen the step")
}

func TestAModelWithoutAMixtureSaysThatItDoesNotSegment(t *testing.T) {
	h := handler(t, Config{Model: otherModel(t, "model.n_rkhs=16")})
	if err := h.Segments(); !errors.Is(err, amdim.ErrNoMixture) {
		t.Errorf("segments: %v", err)
	}
	refused(t, "segment", post(h, "/v1/segment", photo(t, 1)), 404, "no mixture")
	refused(t, "search", post(h, "/v1/search", photo(t, 1)), 404, "no index")
	got := read[about](t, do(h, http.MethodGet, "/v1/model", "", nil))
	if got.Segment || got.Search != nil || got.Classes != nil || got.Dim != 16 || got.Px != 32 {
		t.Errorf("%+v", got)
	}
}

// A new checkpoint beside a server that starts is no reason to answer nothing.
func TestAModelWhoseCheckpointIsGoneServesTheRest(t *testing.T) {
	run, err := tinyRun()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "run")
	if err := os.CopyFS(dir, os.DirFS(run)); err != nil {
		t.Fatal(err)
	}
	m, err := amdim.Open(dir, amdim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	h := handler(t, Config{Model: m})
	if err := h.Segments(); !errors.Is(err, amdim.ErrChanged) {
		t.Errorf("segments: %v", err)
	}
	w := post(h, "/v1/segment", photo(t, 1))
	refused(t, "segment", w, 404, "this server divides no images: "+amdim.ErrChanged.Error())
	if w := post(h, "/v1/embed", photo(t, 1)); w.Code != http.StatusOK {
		t.Errorf("embed: status %d, %s", w.Code, w.Body)
	}
}

func TestTheModelIsDescribed(t *testing.T) {
	m := openModel(t)
	c := learnt(t, m)
	offer := Offer{Index: album(t, m, 3), Classifier: c}
	h := handler(t, Config{Model: m, Offer: offer, Requests: 7, Bytes: 1000})
	got := read[about](t, do(h, http.MethodGet, "/v1/model", "", nil))
	learnt := got.Classes
	if !got.Segment || got.Search.Images != 3 || got.Search.Pictures ||
		len(learnt.Classes) != len(c.Classes) || learnt.LearntFrom != 40 || learnt.Estimate != c.Estimate ||
		got.Limits != (limits{1000, 50e6, 64, 7, 60}) {
		t.Errorf("%+v", got)
	}
}

// waiting is a body of which nothing comes before it is let go.
type waiting struct {
	begun, end chan struct{}
}

func (b waiting) Read([]byte) (int, error) {
	close(b.begun)
	<-b.end
	return 0, io.ErrUnexpectedEOF
}

func TestMoreRequestsThanThereIsRoomForAreRefused(t *testing.T) {
	h := handler(t, Config{Requests: 2})
	first, second := make(chan *httptest.ResponseRecorder), make(chan *httptest.ResponseRecorder)
	bodies := []waiting{{make(chan struct{}), make(chan struct{})}, {make(chan struct{}), make(chan struct{})}}
	go func() { first <- do(h, http.MethodPost, "/v1/embed", "", bodies[0]) }()
	go func() { second <- do(h, http.MethodPost, "/v1/segment", "", bodies[1]) }()
	<-bodies[0].begun
	<-bodies[1].begun
	refused(t, "a third", post(h, "/v1/embed", photo(t, 1)), 503, "2 requests are under way")
	if w := do(h, http.MethodGet, "/health", "", nil); w.Code != http.StatusOK {
		t.Errorf("a full server has no health: status %d", w.Code)
	}
	close(bodies[0].end)
	refused(t, "a body that ends early", <-first, 400, "unexpected EOF")
	if w := post(h, "/v1/embed", photo(t, 1)); w.Code != http.StatusOK {
		t.Errorf("room that is free again: status %d", w.Code)
	}
	close(bodies[1].end)
	<-second
}

// unreading is a client that does not read its answer before it is let go.
type unreading struct {
	recorder
	begun, end chan struct{}
}

func (u unreading) Write(b []byte) (int, error) {
	close(u.begun)
	<-u.end
	return u.ResponseRecorder.Write(b)
}

// An answer takes memory until it is read.
func TestARequestKeepsItsPlaceUntilItsAnswerIsRead(t *testing.T) {
	h := handler(t, Config{Requests: 1})
	client := unreading{recorder{httptest.NewRecorder()}, make(chan struct{}), make(chan struct{})}
	done := make(chan struct{})
	go func() {
		defer close(done)
		h.ServeHTTP(client, httptest.NewRequest(http.MethodPost, "/v1/embed", bytes.NewReader(photo(t, 1))))
	}()
	<-client.begun
	refused(t, "a second", post(h, "/v1/embed", photo(t, 1)), 503, "1 request is under way")
	close(client.end)
	<-done
	if w := post(h, "/v1/embed", photo(t, 1)); w.Code != http.StatusOK || client.Code != http.StatusOK {
		t.Errorf("statuses %d and %d", client.Code, w.Code)
	}
}

func TestAClosedModelIsNotAnsweredFor(t *testing.T) {
	h := handler(t, Config{})
	h.config.Model.Close()
	refused(t, "embed", post(h, "/v1/embed", photo(t, 1)), 503, "closed")
}

// What waits for others does not wait for ever.
func TestARequestThatWaitsIsGivenUp(t *testing.T) {
	h := handler(t, Config{Timeout: time.Millisecond})
	h.segmenting <- struct{}{} // another image is segmented
	refused(t, "segment", post(h, "/v1/segment", photo(t, 1)), 503, "not done after 1ms")
	h.segmenting.Leave()
	if !h.decoding.TryAcquire(h.config.Pixels) || h.decoding.TryAcquire(1) || cap(h.segmenting) != 1 {
		t.Error("more than the limit is decoded or segmented at a time, or less")
	}
	refused(t, "embed", post(h, "/v1/embed", photo(t, 1)), 503, "not done after 1ms")
	if len(h.segmenting) > 0 || len(h.room) > 0 {
		t.Error("what was given up still holds room")
	}
}

func TestFaultsOfThisSideAreLogged(t *testing.T) {
	var logged []string
	log := func(format string, args ...any) { logged = append(logged, fmt.Sprintf(format, args...)) }
	h := handler(t, Config{Log: log})
	out := h.refuse(http.Header{}, errors.New("the disk is on fire"))
	if out.status != 500 || strings.Contains(string(out.body), "fire") { // it may name files
		t.Errorf("status %d, %s", out.status, out.body)
	}
	h.refuse(http.Header{}, amdim.ErrFormat)
	if len(logged) != 1 || logged[0] != "serve: the disk is on fire" {
		t.Errorf("logged %q", logged)
	}
}

func TestARequestThatIsGivenUpIsNotComputed(t *testing.T) {
	h := handler(t, Config{})
	ctx, stop := context.WithCancel(t.Context())
	stop()
	r := httptest.NewRequest(http.MethodPost, "/v1/embed", bytes.NewReader(photo(t, 1))).WithContext(ctx)
	refused(t, "embed", record(h, r), 503, "canceled")
}

func TestThePageRefersToNothingOutside(t *testing.T) {
	h := handler(t, Config{Title: "a<b"})
	w := do(h, http.MethodGet, "/", "", nil)
	text := w.Body.String()
	if !strings.Contains(text, "<h1>a&lt;b</h1>") {
		t.Errorf("status %d: %s", w.Code, text)
	}
	for _, ref := range regexp.MustCompile(`(?:src|href|action)="([^"]*)"`).FindAllStringSubmatch(text, -1) {
		if ref[1] == "data:," || ref[1] == "" {
			continue
		}
		if code := do(h, http.MethodGet, "/"+ref[1], "", nil).Code; strings.Contains(ref[1], "/") || code != 200 {
			t.Errorf("reference to %s, status %d", ref[1], code)
		}
	}
	for name, want := range map[string]string{
		"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
		"Content-Type": "text/html; charset=utf-8",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestAHandlerMayStandBelowAPrefix(t *testing.T) {
	h := http.StripPrefix("/photos", handler(t, Config{}))
	for _, target := range []string{"/photos/", "/photos/page.js", "/photos/v1/model"} {
		if w := do(h, http.MethodGet, target, "", nil); w.Code != http.StatusOK {
			t.Errorf("%s: status %d", target, w.Code)
		}
	}
}

func TestAWrongConfigIsRefused(t *testing.T) {
	m := openModel(t)
	x := album(t, m, 3)
	x.Set().Model.Checkpoint = "another"
	other := *learnt(t, m)
	other.Model.Checkpoint = "another"
	picture := func(context.Context, int) (image.Image, error) { return nil, nil }
	for _, c := range []struct {
		config Config
		want   string
	}{
		{Config{}, "no model"},
		{Config{Model: m, Requests: -1}, "-1 requests"},
		{Config{Model: m, Bytes: -1}, "-1 bytes"},
		{Config{Model: m, Pixels: -1}, "-1 pixels"},
		{Config{Model: m, Timeout: -1}, "-1ns"},
		{Config{Model: m, Offer: Offer{Index: x}}, "another network"},
		{Config{Model: m, Offer: Offer{Classifier: &other}}, "another network"},
		{Config{Model: m, Offer: Offer{Classifier: &amdim.Classifier{}}},
			"vectors of 0 numbers, not of 16: vectors of another"},
		{Config{Model: m, Offer: Offer{Picture: picture}}, "pictures are those of an index"},
	} {
		if _, err := New(t.Context(), c.config); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}

// docs/serving.md says these.
func TestLimitsThatNobodySets(t *testing.T) {
	got := read[about](t, do(handler(t, Config{}), http.MethodGet, "/v1/model", "", nil)).Limits
	if want := (limits{32 << 20, 50e6, 64, 64, 60}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// A program compares a name with that of its file, as bytes.
func TestNamesAreAsTheyWereGiven(t *testing.T) {
	kind, body := form(t, [2]string{"R&D <1>.png", string(photo(t, 1))})
	w := do(handler(t, Config{}), http.MethodPost, "/v1/embed", kind, bytes.NewReader(body))
	if !strings.Contains(w.Body.String(), `"name":"R&D <1>.png"`) {
		t.Errorf("%.60s", w.Body)
	}
}

func TestAClosedModelIsNotHealthy(t *testing.T) {
	m := openModel(t)
	h := handler(t, Config{Model: m})
	if w := do(h, http.MethodGet, "/health", "", nil); w.Code != http.StatusOK {
		t.Errorf("open: status %d", w.Code)
	}
	m.Close()
	refused(t, "closed", do(h, http.MethodGet, "/health", "", nil), 503, "closed")
}
