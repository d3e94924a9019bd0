package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/amdim/amdim/data"
)

// On a disk that gets full a download ends with one line, and goes on from what
// came when there is room.
func TestDownloadGoesOnAfterAFullDisk(t *testing.T) {
	if !withOwnMounts(t) {
		return
	}
	content := bytes.Repeat([]byte("archive"), 200_000)
	asked := ""
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.Header.Get("Range")
		http.ServeContent(w, r, "a.tar.gz", time.Time{}, bytes.NewReader(content))
	}))
	defer s.Close()
	disk := filepath.Join(t.TempDir(), "disk")
	mount(t, disk, "size=512k")
	d := dataGet{out: disk, archives: []data.Archive{{
		Kind: "cifar10", URL: s.URL, Name: "a.tar.gz", SHA256: fmt.Sprintf("%x", sha256.Sum256(content)),
	}}}
	_, _, err := getFrom(d, "cifar10")
	if err == nil || exitCode(err) != exitFailure || strings.Contains(err.Error(), "\n") ||
		!strings.Contains(err.Error(), "make room, then run amdim data get cifar10 --out "+disk) {
		t.Fatalf("exit code %d, %v", exitCode(err), err)
	}
	if err := syscall.Mount("", disk, "", syscall.MS_REMOUNT, "size=16m"); err != nil {
		t.Skip("mount:", err)
	}
	if _, _, err := getFrom(d, "cifar10"); err != nil || asked == "" || asked == "bytes=0-" {
		t.Errorf("%v, asked for %q", err, asked)
	}
	if read(t, filepath.Join(disk, "a.tar.gz")) != string(content) {
		t.Error("another file")
	}
}
