package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim"
	"github.com/amdim/amdim/internal/hosts"
	"github.com/amdim/amdim/serve"
)

// serving is the command's flags.
type serving struct {
	engine               engineFlags
	model, index         string
	labelled, classifier string
	precision            string
	address              string
	names                []string
	pictures             bool
	images               string
	upload, pixels       int64 // MiB, millions
	requests             int
	timeout              time.Duration
}

func serveCommand() *cobra.Command {
	var s serving
	c := &cobra.Command{
		Use:   "serve --model RUN [--index FILE] [--labelled SPEC | --classifier FILE]",
		Short: "Answer over HTTP: vectors, nearest images, classes and parts",
		Long: `Answer over HTTP what a trained model can say of an image, and show a page to try it.

  POST /v1/embed       its vector
  POST /v1/search      with --index: the nearest of the images embedded there
  POST /v1/classify    with --labelled or --classifier: its class
  POST /v1/segment     with a mixture: its parts, as a picture or in numbers
  GET  /v1/model       what is offered, and the limits

The body is an image file, or multipart/form-data with several; answers are JSON or, of
parts, a PNG. Requests beyond the limits are refused with a status that says why.

Who can reach the address can ask: without --address only this machine. The server
answers to localhost, IP addresses, this machine's name and each --name, and not to what
a browser asks for pages of other sites. It speaks no TLS and knows no users: put a
proxy before it for these.

--pictures shows the images of the index on the page, small, to all who can ask.

When --index or --classifier is written anew, or images in the folder of --labelled are
added, moved or removed, the server answers from that within seconds; what cannot be used
is noted, and the earlier one stays.

Ctrl-C or SIGTERM ends it when what was asked before is answered; after 10 s what is
left is broken off.`,
		Example: `  amdim serve --model runs/photos
  amdim serve --model runs/photos --index photos.npy --pictures \
    --labelled folder:sorted
  curl --data-binary @cat.jpg 'http://127.0.0.1:8080/v1/search?k=5'`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return s.run(c) },
	}
	s.engine.addFrozen(c)
	f := c.Flags()
	f.StringVar(&s.model, "model", "", "run folder or checkpoint")
	f.StringVar(&s.index, "index", "", "vectors to search, written by amdim embed, such as photos.npy")
	f.StringVar(&s.labelled, "labelled", "",
		"labelled images to learn classes from: folder:DIR with a folder for each class, cifar10:DIR, …")
	f.StringVar(&s.classifier, "classifier", "",
		"in place of --labelled, a file that amdim classify --keep-classifier wrote")
	f.StringVar(&s.address, "address", "127.0.0.1:8080",
		"where to listen; :8080 is each address of this machine")
	f.StringArrayVar(&s.names, "name", nil,
		"host name to answer to as well, such as photos.example.org; may be repeated")
	f.BoolVar(&s.pictures, "pictures", false, "show the images of the index on the page")
	f.StringVar(&s.images, "image-folder", "",
		"folder of the images, for --pictures (default: where they were embedded)")
	f.Int64Var(&s.upload, "upload", 32, "most MiB of a request")
	f.Int64Var(&s.pixels, "pixels", 50, "most million pixels of an image")
	f.IntVar(&s.requests, "requests", 64, "most requests under way; more are refused")
	f.DurationVar(&s.timeout, "timeout", time.Minute, "longest time a request may take")
	addPrecision(f, &s.precision)
	return c
}

// check refuses what is wrong before anything is read.
func (s *serving) check() error {
	switch {
	case s.model == "":
		return usagef("--model is missing: name a run folder or a checkpoint")
	case s.labelled != "" && s.classifier != "":
		return usagef("--labelled and --classifier cannot be combined")
	case s.pictures && s.index == "":
		return usagef("--pictures shows the images of an index: name one with --index")
	case s.images != "" && !s.pictures:
		return usagef("--image-folder needs --pictures")
	case s.upload < 1 || s.upload > 1<<20:
		return usagef("--upload %d: need 1 to %d MiB", s.upload, 1<<20)
	case s.pixels < 1 || s.pixels > 200:
		return usagef("--pixels %d: need 1 to 200 million", s.pixels)
	case s.requests < 1 || s.requests > 1<<16:
		return usagef("--requests %d: need 1 to %d", s.requests, 1<<16)
	case s.timeout < time.Second || s.timeout > 24*time.Hour:
		return usagef("--timeout %v: need 1s to 24h", s.timeout)
	}
	return s.engine.checkPrecision(s.precision)
}

func (s *serving) run(c *cobra.Command) error {
	if err := s.check(); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", s.address) // first: models and labels take their time
	if err != nil {
		return wrongAddress("--address", s.address, err)
	}
	defer listener.Close()
	bar := counter{out: c.ErrOrStderr(), noun: "images"}
	m, closeModel, err := s.engine.openModel(s.model,
		amdim.Options{Precision: s.precision, Progress: bar.set, Note: noting(c)})
	if err != nil {
		return err
	}
	defer closeModel()
	var l *labelling
	if s.labelled != "" {
		l = &labelling{spec: s.labelled, model: m, out: c.ErrOrStderr(), bar: &bar}
	}
	files := s.watches(c.Context(), m, l) // before they are read
	h, err := s.handler(c, m, l)
	bar.finish()
	if errors.Is(err, context.Canceled) {
		return stoppedError{"stopped before anything was served"}
	}
	if err != nil {
		return err
	}
	names := append([]string{s.address}, s.names...)
	server := &http.Server{
		Handler: serve.Local(h, names...), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: log.New(c.ErrOrStderr(), "note: ", 0),
	}
	ctx, cancel := context.WithCancel(c.Context())
	var renewing sync.WaitGroup
	renewing.Go(func() { renew(ctx, h, files, renewEvery, saying(c.ErrOrStderr())) })
	defer renewing.Wait() // the model is closed after it
	defer cancel()
	address := listener.Addr()
	fmt.Fprintf(c.ErrOrStderr(), "serving at %s%s\n", hosts.URL(address), reach(hosts.Remote(address)))
	return serveUntil(ctx, server, listener, grace)
}

// grace is how long requests under way may take when the server is to end.
const grace = 10 * time.Second

// serveUntil serves until ctx is done and what was asked before is answered, or grace over.
func serveUntil(ctx context.Context, s *http.Server, l net.Listener, grace time.Duration) error {
	failed := make(chan error, 1)
	go func() { failed <- s.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	if err := s.Shutdown(last); err != nil {
		s.Close()
		<-failed
		return stoppedError{fmt.Sprintf("stopped: what was asked was not all answered within %v", grace)}
	}
	<-failed
	return nil
}
