package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/embedding"
)

// embed is the command's flags.
type embed struct {
	engine                        engineFlags
	model, data, split, precision string
	out, update                   string
	overwrite, stream, json       bool
	bar                           counter
}

func embedCommand() *cobra.Command {
	var e embed
	c := &cobra.Command{
		Use:   "embed --model RUN {--data SPEC --out FILE | --update FILE | --stream}",
		Short: "Turn images into vectors: a NumPy file, or a stream of JSON",
		Long: `Turn images into vectors: f1 of a trained encoder, without labels.

With --data, three files are written: the vectors as NPY (float32, one row for each
image), the names of the images as JSON lines, and where the vectors come from.
amdim search reads them. Images that cannot be read are named and left out.

With --update, such a file is brought to what its images are now: those that were added,
or whose size or time of writing is another, are embedded, and those that are gone are
left out. The network must be that of the file. If the images have moved, --data says
where they are; a relative path counts from the current folder. Only image files are
compared: of cifar10, packed and generated data, every image is embedded again.

With --stream, each line of standard input is a path, {"path": …} or
{"id": …, "image": base64 of a file}, of at most 64 MiB, and is answered at once and in
order by a line {"id", "path", "embedding": […]} or {…, "error": …}; one that says
neither id nor path by {"line": its number, "error": …}. Empty lines have no answer.
The exit code is 1 if any line had an error.`,
		Example: `  amdim embed --model runs/photos --data folder:photos --out photos.npy
  amdim embed --model runs/photos --update photos.npy
  amdim embed --model runs/photos --data stl10:data --split test --out test.npy
  find photos -name '*.jpg' | amdim embed --model runs/photos --stream > v.jsonl`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return e.run(c) },
	}
	e.engine.addFrozen(c)
	f := c.Flags()
	f.StringVar(&e.model, "model", "", "run folder or checkpoint")
	f.StringVar(&e.data, "data", "", "images: folder:DIR, shapes, cifar10:DIR, …")
	f.StringVar(&e.split, "split", "",
		"train, test or pretrain (default: all of a folder, train of other data)")
	f.StringVar(&e.out, "out", "", "file of vectors, ending in .npy; names and origin go beside it")
	f.StringVar(&e.update, "update", "",
		"file of vectors to bring up to date: only new and changed files are embedded")
	f.BoolVar(&e.overwrite, "overwrite", false, "replace the files that --out names")
	addPrecision(f, &e.precision)
	f.BoolVar(&e.stream, "stream", false, "read lines from standard input, answer on standard output")
	f.BoolVar(&e.json, "json", false, "print the result as JSON, with the name of each unreadable image")
	return c
}

func (e *embed) run(c *cobra.Command) error {
	if err := e.check(); err != nil {
		return err
	}
	if err := e.engine.checkPrecision(e.precision); err != nil {
		return err
	}
	if !e.stream {
		held, err := e.hold()
		if err != nil {
			return err
		}
		defer held.Close()
	}
	e.bar = counter{out: c.ErrOrStderr(), noun: "images"}
	m, closeModel, err := e.engine.openModel(e.model, amdim.Options{Precision: e.precision, Progress: e.bar.set})
	if err != nil {
		return err
	}
	defer closeModel()
	if e.stream {
		s := stream{model: m, threads: e.engine.onProcessor(), out: c.OutOrStdout()}
		return s.run(c.Context(), c.InOrStdin())
	}
	if e.update != "" {
		return e.runUpdate(c, m)
	}
	set, bad, err := m.EmbedData(c.Context(), e.data, e.split)
	e.bar.finish()
	if errors.Is(err, context.Canceled) {
		return stoppedError{"stopped: nothing was written"}
	}
	if err != nil {
		return err
	}
	if err := set.Save(e.out); err != nil {
		return err
	}
	return e.report(c, set, bad)
}

// hold keeps other processes from the file that will be replaced.
func (e *embed) hold() (io.Closer, error) {
	flag, path := "--out", e.out
	if e.update != "" {
		flag, path = "--update", e.update
	}
	held, err := embedding.Hold(path)
	switch {
	case e.update == "" && (errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission)):
		return io.NopCloser(nil), nil // who may not read it may replace it
	case errors.Is(err, embedding.ErrBusy):
		return nil, fmt.Errorf("%s: %s: %w", flag, path, embedding.ErrBusy)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", flag, errors.Unwrap(err)) // without "embedding"
	}
	return held, nil
}

// check refuses what is wrong before anything is read.
func (e *embed) check() error {
	switch {
	case e.model == "":
		return usagef("--model is missing: name a run folder or a checkpoint")
	case e.update != "":
		return e.checkUpdate()
	case e.stream && (e.data != "" || e.out != "" || e.split != "" || e.overwrite || e.json):
		return usagef("--stream cannot be combined with --data, --split, --out, --overwrite or --json")
	case e.stream:
		return nil
	case e.data == "":
		return usagef("--data is missing: name images, such as folder:DIR, or use --update or --stream")
	case e.out == "":
		return usagef("--out is missing: name a file for the vectors, such as photos.npy")
	}
	if err := checkSplit(e.split); err != nil {
		return err
	}
	if err := hasFolder("--out", e.out); err != nil {
		return err
	}
	err := embedding.CheckPath(e.out, e.overwrite)
	var there *fs.PathError
	switch {
	case errors.Is(err, fs.ErrExist) && errors.As(err, &there):
		return usagef("--out: %s exists already: --overwrite replaces it", there.Path)
	case errors.Is(err, embedding.ErrName):
		return usagef("--out %s: %w", e.out, embedding.ErrName)
	case err != nil:
		return fmt.Errorf("--out: %w", errors.Unwrap(err)) // without "embedding"
	}
	return nil
}

// embedResult is what --json prints.
type embedResult struct {
	Out        string           `json:"out"`
	Rows       int              `json:"rows"`
	Dim        int              `json:"dim"`
	Unreadable []unreadable     `json:"unreadable"`
	Model      embedding.Origin `json:"model"`
}

type unreadable struct {
	Name  string `json:"name"`
	Error string `json:"error"`
}

// unreadables are images and why they cannot be read, for JSON.
func unreadables(bad []*amdim.Unreadable) []unreadable {
	all := []unreadable{}
	for _, u := range bad {
		all = append(all, unreadable{u.Name, data.ReasonOf(u.Err)})
	}
	return all
}

func (e *embed) report(c *cobra.Command, set *amdim.Set, bad []*amdim.Unreadable) error {
	noteUnreadable(c.ErrOrStderr(), bad, "--json")
	if e.json {
		r := embedResult{e.out, set.Len(), set.Dim, unreadables(bad), set.Model}
		return json.NewEncoder(c.OutOrStdout()).Encode(r)
	}
	_, err := fmt.Fprintf(c.OutOrStdout(), "%d images, %d numbers each: %s\n", set.Len(), set.Dim, e.out)
	if err != nil {
		return err
	}
	next := typed("search", "--index", e.out, "--model", e.model, "IMAGE")
	return sayNext(c, next)
}

// shownUnreadable is how many files are named before they are only counted.
const shownUnreadable = 5

// noteUnreadable names the first images that cannot be read; what names all is for
// where there are more.
func noteUnreadable(w io.Writer, bad []*amdim.Unreadable, all string) {
	for _, u := range bad[:min(len(bad), shownUnreadable)] {
		note(w, "%s", leavesOut(u.Name, u.Err))
	}
	if more := len(bad) - shownUnreadable; more > 0 {
		note(w, "%d more cannot be read and are left out (%s names them all)", more, all)
	}
}
