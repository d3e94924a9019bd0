package fetch

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// slow is a server and its connection: the body gives 1000 bytes of the archive at a
// time, a while after it is asked, and once those up to end are sent it stalls.
type slow struct {
	ctx     context.Context
	at, end int
	pause   time.Duration
}

func (s *slow) RoundTrip(r *http.Request) (*http.Response, error) {
	s.ctx = r.Context()
	return &http.Response{
		StatusCode: http.StatusOK, ContentLength: int64(len(archive)), Body: io.NopCloser(s), Request: r,
	}, nil
}

func (s *slow) Read(b []byte) (int, error) {
	wait := time.After(s.pause)
	if s.at >= s.end {
		wait = nil
	}
	select {
	case <-wait:
	case <-s.ctx.Done():
		return 0, s.ctx.Err()
	}
	n := copy(b, archive[s.at:s.at+1000])
	s.at += n
	return n, nil
}

// The clock of the test goes on when nothing else can.
func TestAStalledDownloadIsGivenUpAndGoesOn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "archive.tar.gz")
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		const pause = 50 * time.Second
		client := &http.Client{Transport: &slow{end: 10_000, pause: pause}}
		err := File(t.Context(), client, source("http://example.invalid"), path, nil)
		if err == nil || errors.Is(err, context.Canceled) ||
			!strings.Contains(err.Error(), "archive.tar.gz: the connection broke after 10000 bytes: no byte came") {
			t.Error(err)
		}
		if took := time.Since(began); took != 10*pause+stall {
			t.Errorf("given up after %v", took)
		}
	})
	if info, err := os.Stat(partial(path)); err != nil || info.Size() != 10_000 {
		t.Fatalf("%v, %v: not what came", info, err)
	}
	url, ranges := serve(t, good)
	if err := get(url, path); err != nil || (*ranges)[0] != "bytes=10000-" {
		t.Errorf("%v, asked for %q", err, *ranges)
	}
	isArchive(t, path)
}
