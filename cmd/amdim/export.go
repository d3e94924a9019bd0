package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/internal/durable"
	"github.com/amdim/amdim/internal/shell"
	"github.com/amdim/amdim/mixture"
	"github.com/amdim/amdim/train"
)

// export is the command's flags.
type export struct {
	engine                     engineFlags
	model, out, format         string
	outputs                    []string
	index, data, split, images string
	noCard, overwrite          bool

	negatives string // where what a mixture segments by goes beside its checkpoint; empty: none is kept
}

// formats of export and the ending by which each is known.
var formats = []struct{ name, ending string }{
	{"safetensors", ".safetensors"}, {"onnx", ".onnx"}, {"torch", ".pth"}, {"card", ".md"}, {"projector", ""},
}

// ofFormats are flags that only some formats look at, in the order in which they are refused.
var ofFormats = []struct {
	formats []string
	flags   []string
}{
	{[]string{"onnx"}, []string{"outputs"}},
	{[]string{"projector"}, append([]string{"index", "image-folder"}, ofVectors...)},
	{[]string{"safetensors", "onnx", "torch"}, []string{"no-card"}},
}

// ofVectors are flags by which projector makes vectors, where no index has them.
var ofVectors = []string{"data", "split", "engine", "device", "tune", "threads"}

func formatNames() []string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = f.name
	}
	return names
}

func exportCommand() *cobra.Command {
	var e export
	c := &cobra.Command{
		Use:   "export {--model RUN | --index FILE} --out FILE",
		Short: "Export an encoder for other programs: safetensors, ONNX, PyTorch",
		Long: `Export a trained encoder for other programs. The metadata of each file says how
images are prepared, and a model card is written beside it: FILE.md.

  safetensors  encoder and heads without Adam's moments; --model takes it too;
               for a mixture, what segment needs is copied beside it
  onnx         image, float32 (n, 3, px, px) in [0, 1], to f1, f5 and f7
  torch        a .pth in the layout of the authors' code, with all it expects
  card         a model card: network, data, settings, results of amdim eval
  projector    a folder for TensorBoard's projector: vectors, names, pictures;
               from an index of amdim embed, or from --model and --data`,
		Example: `  amdim export --model runs/photos --out photos.onnx
  amdim export --model runs/photos --out photos.pth
  amdim export --model runs/photos --out MODEL_CARD.md
  amdim export --format projector --index photos.npy --out projector`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return e.run(c) },
	}
	e.engine.addFrozen(c)
	f := c.Flags()
	f.StringVar(&e.model, "model", "", "run folder or checkpoint")
	f.StringVar(&e.out, "out", "", "file to write; a folder for projector")
	f.StringVar(&e.format, "format", "",
		"one of "+strings.Join(formatNames(), ", ")+" (default: by the ending of --out)")
	f.StringSliceVar(&e.outputs, "outputs", []string{"f1", "f5", "f7"},
		"for onnx: some of "+strings.Join(encoderOutputs, ", "))
	f.StringVar(&e.index, "index", "", "for projector: vectors written by amdim embed")
	f.StringVar(&e.data, "data", "", "for projector, with --model: images, such as folder:DIR")
	f.StringVar(&e.split, "split", "", "for projector, with --data: train, test or pretrain")
	f.StringVar(&e.images, "image-folder", "",
		"for projector: folder of the images (default: as recorded in the index)")
	f.BoolVar(&e.noCard, "no-card", false, "write no model card beside the file")
	f.BoolVar(&e.overwrite, "overwrite", false, "replace existing files")
	return c
}

func (e *export) run(c *cobra.Command) error {
	if err := e.check(c); err != nil {
		return err
	}
	if e.format == "projector" {
		return e.projector(c)
	}
	m, err := openExported(e.model)
	if err != nil {
		return err
	}
	defer m.weights.Close()
	if err := e.findNegatives(c, m); err != nil {
		return err
	}
	write := map[string]func(string) error{
		"safetensors": m.safetensors, "torch": m.torch, "card": func(path string) error { return m.card(path) },
		"onnx": func(path string) error { return m.onnx(path, e.outputs) },
	}[e.format]
	for _, f := range []struct {
		path  string
		write func(string) error
	}{
		{e.out, write}, {e.negatives, m.negatives},
		{e.cardPath(), func(path string) error { return m.card(path, e.files()...) }},
	} {
		if f.path == "" {
			continue
		}
		if err := f.write(f.path); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(c.OutOrStdout(), f.path); err != nil {
			return err
		}
	}
	if k := m.settings.Model.Mix.K; k > 0 && (e.format == "torch" || e.format == "onnx") {
		note(c.ErrOrStderr(), "%s holds the encoder without its mixture of %d components, which only "+
			"a .safetensors file can hold: amdim segment does not take it", e.out, k)
	}
	return nil
}

// files are those that a card goes with.
func (e *export) files() []string {
	files := []string{filepath.Base(e.out)}
	if e.negatives != "" {
		files = append(files, filepath.Base(e.negatives))
	}
	return files
}

// cardPath is where the card of an exported file goes; empty: none is written.
func (e *export) cardPath() string {
	if e.noCard || e.format == "card" {
		return ""
	}
	return e.out + ".md"
}

// findNegatives says where the negatives go that are kept of the weights. Those of
// others, as of a run that has gone on since, are left out.
func (e *export) findNegatives(c *cobra.Command, m *exported) error {
	kept := train.NegativesPath(m.file)
	if _, err := os.Stat(kept); err != nil || e.format != "safetensors" {
		return nil
	}
	if err := mixture.NegativesFit(kept, m.settings.Model, m.weights); err != nil {
		note(c.ErrOrStderr(), "what amdim segment needs is left out: %s; amdim segment --model %s "+
			"recreates it", told(err), shell.Quote(e.model))
		return nil
	}
	e.negatives = train.NegativesPath(e.out)
	return free(e.negatives, e.overwrite)
}

// check refuses what is wrong before anything is read, and finds the format.
func (e *export) check(c *cobra.Command) error {
	if e.out == "" {
		return usagef("--out is missing: name a file such as encoder.onnx, or a folder for --format projector")
	}
	if err := e.findFormat(); err != nil {
		return err
	}
	if err := e.engine.check(); err != nil {
		return err
	}
	for _, f := range ofFormats {
		for _, flag := range f.flags {
			if c.Flags().Changed(flag) && !slices.Contains(f.formats, e.format) {
				return usagef("--%s is for --format %s, not %s", flag, strings.Join(f.formats, " or "), e.format)
			}
		}
	}
	if err := checkOutputs(e.outputs); err != nil {
		return err
	}
	if e.format == "projector" {
		return e.checkProjector(c)
	}
	if e.model == "" {
		return usagef("--model is missing: name a run folder or a checkpoint")
	}
	for _, path := range []string{e.out, e.cardPath()} {
		if path == "" {
			continue
		}
		if err := free(path, e.overwrite); err != nil {
			return err
		}
		if err := writable("--out", path); err != nil {
			return err
		}
	}
	if file, err := train.CheckpointOf(e.model); err == nil && durable.SameFile(e.out, file) {
		return usagef("--out %s is the checkpoint that --model names: the export would lack what "+
			"pretrain --resume needs; name another file", e.out)
	}
	return nil
}

// findFormat takes the format that --out ends with, unless --format names one.
func (e *export) findFormat() error {
	var endings []string
	for _, f := range formats {
		if f.ending == "" {
			continue
		}
		endings = append(endings, f.ending)
		if e.format == "" && strings.EqualFold(filepath.Ext(e.out), f.ending) {
			e.format = f.name
		}
	}
	switch {
	case e.format == "":
		return usagef("--out %s: its ending names no format: use one of %s, or give --format",
			e.out, strings.Join(endings, ", "))
	case !slices.Contains(formatNames(), e.format):
		return usagef("--format %q: need one of %s", e.format, strings.Join(formatNames(), ", "))
	}
	return nil
}
