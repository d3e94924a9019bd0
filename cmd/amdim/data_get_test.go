package main

import (
	"bytes"
	"context"
	"crypto/md5"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/data"
)

// getFrom runs data get with archives of a server of the test.
func getFrom(d dataGet, kind string) (out, messages string, err error) {
	var stdout, stderr bytes.Buffer
	c := &cobra.Command{}
	c.SetOut(&stdout)
	c.SetErr(&stderr)
	c.SetContext(context.Background())
	err = d.run(c, kind)
	return stdout.String(), stderr.String(), err
}

func TestDataGetPrintsTheSpec(t *testing.T) {
	const content = "the archive"
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/none" {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, content)
	}))
	defer s.Close()
	sum := fmt.Sprintf("%x", md5.Sum([]byte(content)))
	t.Chdir(t.TempDir())
	d := dataGet{archives: []data.Archive{
		{Kind: "cifar10", URL: s.URL + "/a", Name: "a.tar.gz", MD5: sum},
		{Kind: "stl10", URL: s.URL + "/b", Name: "b.tar.gz", MD5: sum},
		{Kind: "wrong", URL: s.URL + "/c", Name: "c.tar.gz", MD5: strings.Repeat("0", 32)},
		{Kind: "gone", URL: s.URL + "/none", Name: "d.tar.gz", MD5: sum},
	}}
	out, messages, err := getFrom(d, "cifar10")
	if err != nil || out != "cifar10:"+filepath.Join("data", "cifar10")+"\n" || messages != "" {
		t.Errorf("%q, %q, %v", out, messages, err)
	}
	if b, err := os.ReadFile("data/cifar10/a.tar.gz"); err != nil || string(b) != content {
		t.Errorf("%q, %v", b, err)
	}
	d.out = "my data"
	out, messages, err = getFrom(d, "stl10")
	if err != nil || out != "stl10:my data\n" || !strings.Contains(messages, "tar -xzf 'my data") {
		t.Errorf("%q, %q, %v", out, messages, err)
	}
	for kind, want := range map[string]string{
		"wrong": "not the expected file", "gone": "to continue: amdim data get gone --out 'my data'",
		"cifar1": "did you mean cifar10?", "imagenet": "need one of cifar10, stl10",
	} {
		out, _, err := getFrom(d, kind)
		if err == nil || out != "" || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %q, %v, want %q", kind, out, err, want)
		}
	}
	if _, _, err := execute("data", "get"); exitCode(err) != exitUsage {
		t.Error(err)
	}
}
