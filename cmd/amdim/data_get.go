package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/data/fetch"
	"github.com/amdim/amdim/internal/durable"
	"github.com/amdim/amdim/internal/shell"
	"github.com/amdim/amdim/internal/spelling"
)

// dataGet is the command's flags, and what is downloaded.
type dataGet struct {
	out      string
	archives []data.Archive
}

func dataGetCommand() *cobra.Command {
	d := dataGet{archives: data.Archives()}
	c := &cobra.Command{
		Use:   "get KIND",
		Short: "Download CIFAR-10, CIFAR-100 or STL-10",
		Long: `Download the official archive of cifar10 (170 MB), cifar100 (169 MB) or stl10
(2.6 GB) and print the SPEC to train on it. No other command ever downloads anything.

If a download stops, stalls or breaks, the same command continues it. The file gets its name
once its MD5 and SHA-256 match those pinned in this program; a file that does not
match is removed. HTTPS_PROXY is obeyed.`,
		Example: `  amdim data get cifar10
  amdim data get stl10 --out /data/stl10`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("data get takes one of %s, got %d arguments", d.kinds(), len(args))
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return d.run(c, args[0]) },
	}
	c.Flags().StringVar(&d.out, "out", "", "folder to put the archive in (default: data/KIND)")
	return c
}

func (d *dataGet) kinds() string { return strings.Join(d.names(), ", ") }

func (d *dataGet) names() []string {
	var names []string
	for _, a := range d.archives {
		names = append(names, a.Kind)
	}
	return names
}

func (d *dataGet) find(kind string) (data.Archive, error) {
	for _, a := range d.archives {
		if a.Kind == kind {
			return a, nil
		}
	}
	if near, ok := spelling.Nearest(kind, d.names()); ok {
		return data.Archive{}, usagef("data get %s: did you mean %s?", kind, near)
	}
	return data.Archive{}, usagef("data get %s: need one of %s", kind, d.kinds())
}

func (d *dataGet) run(c *cobra.Command, kind string) error {
	a, err := d.find(kind)
	if err != nil {
		return err
	}
	dir := d.out
	if dir == "" {
		dir = filepath.Join("data", kind)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("data get %s: %w", kind, err)
	}
	shown := counter{out: c.ErrOrStderr(), noun: a.Name, bytes: true}
	source := fetch.Source{URL: a.URL, SHA256: a.SHA256, MD5: a.MD5, Limit: a.Limit}
	err = fetch.File(c.Context(), client(), source, filepath.Join(dir, a.Name), func(done, total int64) {
		if total > 0 {
			shown.set(int(done), int(total))
		}
	})
	shown.finish()
	if err != nil {
		return explainGet(err, typed("data", "get", kind, "--out", dir))
	}
	if kind == "stl10" {
		note(c.ErrOrStderr(), "to train on its unlabelled images, unpack it: %s",
			shell.Line("tar", "-xzf", filepath.Join(dir, a.Name), "-C", dir))
	}
	_, err = fmt.Fprintln(c.OutOrStdout(), kind+":"+dir)
	return err
}

// explainGet adds to an error what the user may do.
func explainGet(err error, again string) error {
	switch {
	case errors.Is(err, context.Canceled):
		return stoppedError{"stopped before the end; to continue: " + again}
	case durable.Full(err):
		return fmt.Errorf("%w: make room, then run %s", err, again)
	case errors.Is(err, fetch.ErrChecksum), errors.Is(err, fetch.ErrBusy):
		return err
	}
	return fmt.Errorf("%w; to continue: %s", err, again)
}

// client does not wait for a server that does not answer; fetch sees to one that stops.
func client() *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.ResponseHeaderTimeout = time.Minute
	return &http.Client{Transport: t}
}
