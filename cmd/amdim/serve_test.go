package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image/jpeg"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/amdim/amdim/embedding"
)

// messages hands on the lines that a command writes.
type messages chan string

func (m messages) Write(b []byte) (int, error) {
	m <- string(b)
	return len(b), nil
}

var servingAt = regexp.MustCompile(`serving at (http://\S+)`)

// served starts amdim serve and returns its address and what it said before, and what stops
// it and returns its error.
func served(t *testing.T, args ...string) (url, said string, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	m, ended := make(messages), make(chan error, 1)
	root := rootCommand()
	root.SetOut(io.Discard)
	root.SetErr(m)
	go func() {
		ended <- run(ctx, root, append([]string{"serve", "--address", "127.0.0.1:0"}, args...))
		close(m)
	}()
	for line := range m {
		said += line
		if found := servingAt.FindStringSubmatch(line); found != nil {
			return found[1], said, func() error {
				cancel()
				for range m {
				}
				return <-ended
			}
		}
	}
	t.Fatalf("amdim serve: %v after %q", <-ended, said)
	return "", "", nil
}

// get asks and reads the answer.
func get(t *testing.T, url string) (*http.Response, []byte) {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r, body
}

func TestServeAnswersUntilItIsStopped(t *testing.T) {
	runFolder, dir, index := embedded(t)
	labelled := filepath.Join(t.TempDir(), "my photos")
	for i, class := range []string{"a", "b", "a", "b"} {
		put(t, filepath.Join(labelled, class, string(rune('0'+i))+".png"), photo(t, 40, i))
	}
	for i := range shownUnreadable + 1 {
		put(t, filepath.Join(labelled, "a", "torn"+string(rune('0'+i))+".png"), nil)
	}
	url, said, stop := served(t, "--model", runFolder, "--index", index, "--pictures",
		"--labelled", "folder:"+labelled)
	set, err := embedding.Load(index)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"index: 12 images", "2 classes learnt from 4 labelled images",
		"(amdim data check 'folder:" + labelled + "' --json names them all)",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("no %q in %q", want, said)
		}
	}

	file, err := os.ReadFile(filepath.Join(dir, set.Names[3]))
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.Post(url+"/v1/search?k=1", "image/png", bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	var found struct {
		Images []struct{ Matches []embedding.Match }
	}
	if err := json.NewDecoder(r.Body).Decode(&found); err != nil || r.StatusCode != 200 {
		t.Fatalf("status %d, %v", r.StatusCode, err)
	}
	r.Body.Close()
	if m := found.Images[0].Matches[0]; m.Name != set.Names[3] || !(m.Cosine > 0.9999) {
		t.Errorf("an image of the index is nearest to %+v", m)
	}
	_, picture := get(t, url+"/v1/picture?index=3")
	if _, err := jpeg.Decode(bytes.NewReader(picture)); err != nil {
		t.Errorf("picture: %v", err)
	}
	if r, body := get(t, url+"/"); r.StatusCode != 200 || !strings.Contains(string(body), "<h1>amdim") {
		t.Errorf("page: status %d", r.StatusCode)
	}
	if err := stop(); err != nil {
		t.Errorf("stopped: %v", err)
	}
	if _, err := http.Get(url); err == nil {
		t.Error("it answers when it has been stopped")
	}
}

// An index may come from others: the names in it must not lead out of the folder of images.
func TestPicturesLieInTheFolderOfTheIndex(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "secret.png"), photo(t, 20, 1))
	put(t, filepath.Join(dir, "album", "a.png"), photo(t, 20, 1))
	set := &embedding.Set{
		Names: []string{"a.png", "../secret.png", filepath.ToSlash(filepath.Join(dir, "secret.png"))}, Dim: 1,
		X: []float32{1, 2, 3}, Model: embedding.Origin{Images: "folder:" + filepath.Join(dir, "album")},
	}
	p, err := thumbnailsOf(t.Context(), set, "")
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range set.Names {
		if _, err := p.read(i); (err == nil) != (i == 0) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// slow is a handler that answers when it is let go.
type slow struct{ begun, end chan struct{} }

func (s slow) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	close(s.begun)
	<-s.end
	io.WriteString(w, "done")
}

func TestWhatWasAskedIsAnsweredBeforeTheEnd(t *testing.T) {
	for _, patient := range []bool{true, false} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		h := slow{make(chan struct{}), make(chan struct{})}
		ctx, stop := context.WithCancel(t.Context())
		ended, answer := make(chan error, 1), make(chan string, 1)
		wait := grace
		if !patient {
			wait = 0
		}
		go func() { ended <- serveUntil(ctx, &http.Server{Handler: h}, l, wait) }()
		go func() {
			r, err := http.Get("http://" + l.Addr().String())
			if err != nil {
				answer <- "none"
				return
			}
			defer r.Body.Close()
			body, _ := io.ReadAll(r.Body)
			answer <- string(body)
		}()
		<-h.begun
		stop()
		var stopped stoppedError
		if !patient {
			if err := <-ended; !errors.As(err, &stopped) || <-answer != "none" {
				t.Errorf("no time is left: %v", err)
			}
			close(h.end)
			continue
		}
		close(h.end)
		if err, got := <-ended, <-answer; err != nil || got != "done" {
			t.Errorf("%v, answered %q", err, got)
		}
	}
}
