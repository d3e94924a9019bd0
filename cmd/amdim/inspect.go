package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/spelling"
	"github.com/amdim/amdim/train"
)

// inspect is the command's flags.
type inspect struct {
	verify, digests, all, network, json bool
}

func inspectCommand() *cobra.Command {
	var i inspect
	c := &cobra.Command{
		Use:   "inspect RUN|CHECKPOINT",
		Short: "Show what a checkpoint holds, and verify it",
		Long: `Show what a checkpoint holds: settings, counters, data, preprocessing, and each
tensor with its shape, mean, deviation, smallest and largest number. The checksum of
the file is verified whenever it is opened.

--verify checks that every number is finite, that the tensors are those of the
network that the settings describe, and that counters, data and settings agree. It
names whatever is wrong and exits with code 1.

--network lists the operations of the encoder instead: their results for one image,
parameters and multiply-adds (2 FLOP each) of the products.`,
		Example: `  amdim inspect runs/photos
  amdim inspect runs/photos --verify
  amdim inspect runs/photos --network
  amdim inspect runs/photos/epoch-5.safetensors --digests --json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("inspect takes one run folder or checkpoint, got %d", len(args))
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return i.run(c, args[0]) },
	}
	f := c.Flags()
	f.BoolVar(&i.verify, "verify", false, "check numbers, tensors and counters instead of listing them")
	f.BoolVar(&i.digests, "digests", false, "add the SHA-256 of each tensor")
	f.BoolVar(&i.all, "all", false, "list Adam's moments and counts too")
	f.BoolVar(&i.network, "network", false, "list the encoder's operations instead of the tensors")
	f.BoolVar(&i.json, "json", false, "print as JSON, with every tensor")
	return c
}

// inspection is what --json prints.
type inspection struct {
	Path     string               `json:"path"`
	Bytes    int64                `json:"bytes"`
	SHA256   string               `json:"sha256"` // of the file, its own digits taken as zeros
	Meta     checkpoint.Meta      `json:"meta"`
	Records  int                  `json:"metrics_records,omitempty"` // lines of the run's metrics
	Tensors  []checkpoint.Summary `json:"tensors"`
	Weights  int                  `json:"weights"` // numbers in variables
	Moments  int                  `json:"adam"`    // numbers of Adam's
	Verified bool                 `json:"verified"`
	Faults   []string             `json:"faults"` // found by --verify
}

func (i inspect) run(c *cobra.Command, name string) error {
	if i.network && (i.verify || i.digests || i.all || i.json) {
		return usagef("--network cannot be combined with --verify, --digests, --all or --json: it lists no tensors")
	}
	if i.verify && (i.digests || i.all) && !i.json {
		return usagef("--verify cannot be combined with --digests or --all: it lists no tensors, but with --json")
	}
	path, err := train.CheckpointOf(name)
	if err != nil {
		return fmt.Errorf("inspect: %w", err)
	}
	found, err := i.open(path)
	if err != nil {
		return err
	}
	if path != name { // a run folder; a checkpoint may have been copied to one alone
		records, err := train.ReadMetrics(train.MetricsPath(name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		found.Records = len(records)
	}
	if i.verify {
		found.Faults = append(found.Faults, found.faults()...) // [] in JSON if there are none
		found.Verified = len(found.Faults) == 0
	}
	if err := i.print(c.OutOrStdout(), found); err != nil {
		return err
	}
	switch n := len(found.Faults); n {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("inspect: %s: %s", path, found.Faults[0])
	default:
		return fmt.Errorf("inspect: %s: %s, and %d more", path, found.Faults[0], n-1)
	}
}

// open reads everything but the faults.
func (i inspect) open(path string) (inspection, error) {
	r, err := checkpoint.Open(path)
	if err != nil {
		return inspection{}, err
	}
	defer r.Close()
	found := inspection{Path: path, Bytes: r.Size(), SHA256: r.Checksum(), Faults: []string{}}
	if found.Meta, err = r.Run(); err != nil {
		return found, err
	}
	if found.Tensors, err = r.Summaries(i.digests); err != nil {
		return found, err
	}
	for _, s := range found.Tensors {
		if graph.IsSlot(s.Name) {
			found.Moments += s.Count
		} else {
			found.Weights += s.Count
		}
	}
	return found, nil
}

func (i inspect) print(w io.Writer, found inspection) error {
	if i.json {
		return printJSON(w, found)
	}
	var b bytes.Buffer
	found.printHead(&b)
	switch {
	case i.network:
		if err := found.printNetwork(&b); err != nil {
			return err
		}
	case i.verify:
		found.printVerdict(&b)
	default:
		i.printTensors(&b, found)
	}
	_, err := io.WriteString(w, spelling.Visible(b.String())) // tensors have any names
	return err
}
