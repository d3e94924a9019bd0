package fetch

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/amdim/amdim/internal/regular"
)

// archive is a file of 1 MB in which no two places are alike.
var archive = func() []byte {
	b := make([]byte, 1<<20)
	for i := range b {
		b[i] = uint8(i ^ i>>7 ^ i>>13)
	}
	return b
}()

func source(url string) Source {
	return Source{
		URL: url + "/archive.tar.gz", Limit: 2 << 20,
		SHA256: fmt.Sprintf("%x", sha256.Sum256(archive)), MD5: fmt.Sprintf("%x", md5.Sum(archive)),
	}
}

// serve answers requests by f and notes the ranges that were asked for.
func serve(t *testing.T, f http.HandlerFunc) (url string, ranges *[]string) {
	t.Helper()
	ranges = new([]string)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*ranges = append(*ranges, r.Header.Get("Range"))
		f(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL, ranges
}

// good is a server that knows ranges.
func good(w http.ResponseWriter, r *http.Request) {
	http.ServeContent(w, r, "archive.tar.gz", time.Time{}, bytes.NewReader(archive))
}

// plain is one that does not.
func plain(w http.ResponseWriter, _ *http.Request) { w.Write(archive) }

// breaking sends some bytes of what it promises.
func breaking(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", fmt.Sprint(len(archive)))
	w.Write(archive[:300_000])
	panic(http.ErrAbortHandler)
}

func other(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>sign in</html>") }

func endless(w http.ResponseWriter, _ *http.Request) {
	for _, err := w.Write(archive); err == nil; _, err = w.Write(archive) {
	}
}

func get(url, path string) error {
	return File(context.Background(), http.DefaultClient, source(url), path, nil)
}

func isArchive(t *testing.T, path string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(b, archive) {
		t.Errorf("%s: %d bytes, %v", path, len(b), err)
	}
	if _, err := os.Stat(partial(path)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s is left: %v", partial(path), err)
	}
}

func TestFileGoesOnWhereItBroke(t *testing.T) {
	for _, c := range []struct {
		name  string
		have  []byte // of an earlier call
		serve http.HandlerFunc
		asked string // range
	}{
		{"new", nil, good, ""},
		{"from the middle", archive[:400_001], good, "bytes=400001-"},
		{"by a server without ranges", archive[:400_001], plain, "bytes=400001-"},
		{"with nothing missing", archive, good, "bytes=1048576-"},
	} {
		path := filepath.Join(t.TempDir(), "archive.tar.gz")
		if c.have != nil {
			if err := os.WriteFile(partial(path), c.have, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		url, ranges := serve(t, c.serve)
		var done, total int64
		told := func(d, of int64) { done, total = d, of }
		err := File(context.Background(), http.DefaultClient, source(url), path, told)
		if err != nil || len(*ranges) != 1 || (*ranges)[0] != c.asked {
			t.Errorf("%s: %v, asked for %q", c.name, err, *ranges)
		}
		if total != 0 && (done != int64(len(archive)) || total != done) {
			t.Errorf("%s: told of %d of %d bytes", c.name, done, total)
		}
		isArchive(t, path)
	}
}

func TestABrokenConnectionKeepsWhatCame(t *testing.T) {
	path := filepath.Join(t.TempDir(), "archive.tar.gz")
	url, _ := serve(t, breaking)
	err := get(url, path)
	if err == nil || !strings.Contains(err.Error(), "broke after 300000 bytes") {
		t.Fatal(err)
	}
	url, ranges := serve(t, good)
	if err := get(url, path); err != nil || (*ranges)[0] != "bytes=300000-" {
		t.Errorf("%v, asked for %q", err, *ranges)
	}
	isArchive(t, path)
}

func TestWhatIsThereIsNotDownloaded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "archive.tar.gz")
	if err := os.WriteFile(path, archive, 0o644); err != nil {
		t.Fatal(err)
	}
	url, ranges := serve(t, good)
	if err := get(url, path); err != nil || len(*ranges) != 0 {
		t.Errorf("%v, asked for %q", err, *ranges)
	}
	if err := os.WriteFile(path, archive[1:], 0o644); err != nil {
		t.Fatal(err)
	}
	if err := get(url, path); !errors.Is(err, ErrChecksum) || !strings.Contains(err.Error(), "remove it") {
		t.Errorf("another file: %v", err)
	}
	if b, err := os.ReadFile(path); err != nil || len(b) != len(archive)-1 {
		t.Errorf("the file of the user was touched: %v", err)
	}
}

// What is not the file gets no name and does not stay.
func TestWhatIsNotTheFileIsRemoved(t *testing.T) {
	for _, c := range []struct {
		name  string
		have  []byte
		serve http.HandlerFunc
		want  string
	}{
		{"another page", nil, other, "not the expected file: its SHA-256 is "},
		{"a wrong beginning", make([]byte, 1000), good, "not the expected file"},
		{"too long a beginning", append(bytes.Clone(archive), 1), good, "not the expected file"},
		{"without end", nil, endless, "more than 2097152 bytes"},
	} {
		path := filepath.Join(t.TempDir(), "archive.tar.gz")
		if c.have != nil {
			if err := os.WriteFile(partial(path), c.have, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		url, _ := serve(t, c.serve)
		err := get(url, path)
		if !errors.Is(err, ErrChecksum) || !strings.Contains(err.Error(), c.want) ||
			!strings.Contains(err.Error(), url) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: the file is there", c.name)
		}
		if info, err := os.Stat(partial(path)); err == nil {
			t.Errorf("%s: %d bytes stay", c.name, info.Size())
		}
		good, _ := serve(t, good)
		if err := get(good, path); err != nil {
			t.Errorf("%s, then the file: %v", c.name, err)
		}
		isArchive(t, path)
	}
}

// A server that begins anew may be a proxy with a page, or break where it is not yet
// at the end of what came.
func TestAnAnswerThatIsNotTheFileReplacesNothing(t *testing.T) {
	for _, c := range []struct {
		name  string
		serve http.HandlerFunc
		other bool
		want  string
	}{
		{"a page", other, true, "which is kept: check for a proxy"},
		{"a longer page", func(w http.ResponseWriter, _ *http.Request) { w.Write(make([]byte, 2<<20)) }, true,
			"which is kept: check for a proxy"},
		{"nothing", func(http.ResponseWriter, *http.Request) {}, false, "broke after 0 bytes"},
		{"less than there was", breaking, false, "broke after 300000 bytes"},
	} {
		path := filepath.Join(t.TempDir(), "archive.tar.gz")
		if err := os.WriteFile(partial(path), archive[:900_000], 0o644); err != nil {
			t.Fatal(err)
		}
		url, _ := serve(t, c.serve)
		err := get(url, path)
		if errors.Is(err, ErrChecksum) != c.other || err == nil || !strings.Contains(err.Error(), c.want) ||
			!strings.Contains(err.Error(), url) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		url, ranges := serve(t, good)
		if err := get(url, path); err != nil || (*ranges)[0] != "bytes=900000-" {
			t.Errorf("%s: %v, then asked for %q", c.name, err, *ranges)
		}
		isArchive(t, path)
	}
}

func TestTheMD5IsComparedToo(t *testing.T) {
	url, _ := serve(t, good)
	s := source(url)
	s.MD5 = strings.Repeat("0", 32)
	err := File(context.Background(), http.DefaultClient, s, filepath.Join(t.TempDir(), "x"), nil)
	if !errors.Is(err, ErrChecksum) || !strings.Contains(err.Error(), "its MD5 is ") {
		t.Error(err)
	}
}

func TestErrorsNameTheServerOrTheFolder(t *testing.T) {
	gone, _ := serve(t, http.NotFound)
	refused := httptest.NewServer(nil)
	refused.Close()
	proxied := &http.Client{Transport: &http.Transport{
		Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: strings.TrimPrefix(refused.URL, "http://")}),
	}}
	for _, c := range []struct {
		name, url string
		client    *http.Client
		want      []string
	}{
		{"not there", gone, http.DefaultClient, []string{gone, "404 Not Found"}},
		{"no server", refused.URL, http.DefaultClient, []string{refused.URL, "refused"}},
		{"no proxy", "https://example.invalid", proxied, []string{"example.invalid", "proxy", "refused"}},
	} {
		path := filepath.Join(t.TempDir(), "x")
		err := File(context.Background(), c.client, source(c.url), path, nil)
		if _, err := os.Stat(partial(path)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: an empty file is left: %v", c.name, err)
		}
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: %v, want %q", c.name, err, want)
			}
		}
	}
	if err := get(gone, filepath.Join(t.TempDir(), "none", "x")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
}

func TestAStopKeepsWhatCame(t *testing.T) {
	path := filepath.Join(t.TempDir(), "archive.tar.gz")
	ctx, cancel := context.WithCancel(context.Background())
	waiting := func(w http.ResponseWriter, r *http.Request) {
		w.Write(archive[:1000])
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
	from, _ := serve(t, waiting)
	err := File(ctx, http.DefaultClient, source(from), path, func(int64, int64) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	from, ranges := serve(t, good)
	if err := get(from, path); err != nil || (*ranges)[0] != "bytes=1000-" {
		t.Errorf("%v, asked for %q", err, *ranges)
	}
	isArchive(t, path)
}

// Whoever comes second neither waits nor touches what the first one writes.
func TestASecondDownloadIsRefused(t *testing.T) {
	if slices.Contains([]string{"solaris", "illumos", "aix", "plan9", "js"}, runtime.GOOS) {
		t.Skip("no locks that end with their process")
	}
	path := filepath.Join(t.TempDir(), "archive.tar.gz")
	url, _ := serve(t, good)
	var second error
	err := File(context.Background(), http.DefaultClient, source(url), path, func(done, _ int64) {
		if second == nil {
			second = get(url, path)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if !errors.Is(second, ErrBusy) || !strings.Contains(second.Error(), path+": another process writes") {
		t.Errorf("second download: %v", second)
	}
	isArchive(t, path)
	if err := get(url, path); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestAStopEndsTheCheck(t *testing.T) {
	path := filepath.Join(t.TempDir(), "archive.tar.gz")
	if err := os.WriteFile(path, archive, 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := source("http://example.invalid").check(ctx, path); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestOnlyARegularFileIsChecked(t *testing.T) {
	if err := (Source{MD5: "0"}).check(t.Context(), os.DevNull); !errors.As(err, new(regular.Error)) {
		t.Error(err)
	}
}
