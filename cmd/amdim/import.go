package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/format/original"
	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/internal/spelling"
	"github.com/amdim/amdim/train"
)

// importing is the command's flags.
type importing struct {
	out, dataSet string
	set          []string
	overwrite    bool
}

// dataSets are those of the paper, and how its authors' code prepares their images.
var dataSets = []struct {
	name string
	make func() augment.Config
}{
	{"cifar10", augment.CIFAR}, {"cifar100", augment.CIFAR}, {"stl10", augment.STL10},
	{"imagenet", augment.ImageNet}, {"places205", augment.ImageNet},
}

func dataSetNames() []string {
	names := make([]string, len(dataSets))
	for i, d := range dataSets {
		names[i] = d.name
	}
	return names
}

func importCommand() *cobra.Command {
	var i importing
	c := &cobra.Command{
		Use:   "import FILE.pth --out RUN",
		Short: "Import a checkpoint of the authors' PyTorch code",
		Long: `Import a checkpoint of the authors' PyTorch code: encoder, heads and classifiers,
of any size, at 32, 64 or 128 px. eval, embed, search and export take the result as
--model, and report takes it as a run folder.

Only tensors are read, from both of PyTorch's file formats. A file that asks for
anything else is refused; the error names what it asks for, and nothing in it is run.

Their files do not say how images are prepared; their code decides that, and the
encoder's input size, by the data set. It is taken to be CIFAR-10 at 32 px, STL-10 at
64 px and ImageNet at 128 px, unless --data-set or --set says otherwise.`,
		Example: `  amdim import amdim_cpt.pth --out runs/imagenet
  amdim import amdim_cpt.pth --out encoder.safetensors --data-set stl10
  amdim eval --model runs/imagenet --data folder:photos`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("import takes one FILE.pth, got %d", len(args))
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return i.run(c, args[0]) },
	}
	f := c.Flags()
	f.StringVar(&i.out, "out", "", "folder for the run, or a file ending in .safetensors")
	f.StringVar(&i.dataSet, "data-set", "",
		"data set it was trained on, which decides how images are prepared: "+strings.Join(dataSetNames(), ", "))
	f.StringArrayVar(&i.set, "set", nil, "a setting, such as augment.resize=73; may be repeated")
	f.BoolVar(&i.overwrite, "overwrite", false, "replace what --out names; for a run, everything in it")
	return c
}

func (i *importing) run(c *cobra.Command, path string) error {
	file, err := i.target()
	if err != nil {
		return err
	}
	o, err := original.Open(path)
	if err != nil {
		return err
	}
	defer o.Close()
	settings, err := i.settings(o)
	if err != nil {
		return err
	}
	meta, err := checkpoint.Meta{
		Format: checkpoint.FormatVersion, Code: checkpoint.CodeVersion(), Engine: "PyTorch", RNG: rng.Version,
		Config: settings.JSON(), Preprocessing: preprocessing(settings),
		Data: checkpoint.Data{Classes: o.Classes}, Seed: settings.Train.Seed, Step: o.Step, Epoch: o.Epoch,
	}.Encode()
	if err != nil {
		return err
	}
	if file != i.out {
		held, err := train.Hold(i.out)
		if err != nil {
			return err
		}
		defer held.Close()
	} else if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	if err := checkpoint.Write(file, o, o.Vars(), meta); err != nil {
		return err
	}
	if file != i.out {
		if err := train.AdoptFolder(i.out, settings.JSON(), commandLine()); err != nil {
			return err
		}
	}
	return i.report(c, settings, o)
}

// target is the file that --out names, which must be free.
func (i *importing) target() (string, error) {
	if i.out == "" {
		return "", usagef("--out is missing: name a folder for the run, or a file ending in .safetensors")
	}
	file := i.out
	if filepath.Ext(file) != ".safetensors" {
		file = train.CheckpointPath(i.out)
		if info, err := os.Stat(i.out); err == nil && !info.IsDir() {
			return "", usagef("--out: %s is a file: a run needs a folder", i.out)
		}
	}
	if err := free(file, i.overwrite); err != nil || file == i.out || i.overwrite {
		return file, err
	}
	if err := train.CheckFolder(train.Options{Out: i.out}); err != nil { // a run without its last checkpoint
		return "", usagef("--out: %w: --overwrite deletes it", err)
	}
	return file, nil
}

// free returns an error when a file that is to be written is there.
func free(file string, overwrite bool) error {
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("--out: %w", err)
	case info.IsDir():
		return usagef("--out: %s is a folder", file)
	case !overwrite:
		return usagef("--out: %s exists already: --overwrite replaces it", file)
	}
	return nil
}

// settings are those of the network, with the images prepared as the file, the
// data set or the side of the encoder says, and then as --set does.
func (i *importing) settings(o *original.Checkpoint) (config.Config, error) {
	a, _ := augment.ForSize(o.Model.Px)
	if i.dataSet != "" {
		found := false
		for _, d := range dataSets {
			if d.name == i.dataSet {
				a, found = d.make(), true
			}
		}
		if !found {
			return config.Config{}, usagef("--data-set %q: need one of %s", i.dataSet,
				strings.Join(dataSetNames(), ", "))
		}
		if a.Size != o.Model.Px {
			return config.Config{}, usagef("--data-set %s: its images are %d px, the network is for %d px",
				i.dataSet, a.Size, o.Model.Px)
		}
	} else if p := o.Images; p != nil {
		a.Resize, a.Mean, a.Std = p.Resize, p.Mean, p.Std
	}
	c := config.Config{Model: o.Model, Augment: a, Train: train.Paper(480)}
	c.Model.Mean, c.Model.Std = a.Mean, a.Std
	for _, assignment := range i.set {
		if err := c.Set(assignment); err != nil {
			return c, usagef("--set %s: %w", assignment, err)
		}
	}
	if m := o.Model; c.Model.Px != m.Px || c.Model.NDF != m.NDF || c.Model.NRKHS != m.NRKHS ||
		c.Model.NDepth != m.NDepth || c.Model.UseBN != m.UseBN {
		return c, usagef("--set: the file holds a network of %d px, ndf %d, n_rkhs %d, n_depth %d, use_bn %v",
			m.Px, m.NDF, m.NRKHS, m.NDepth, m.UseBN)
	}
	if err := c.Validate(); err != nil {
		return c, usageError{err}
	}
	return c, nil
}

// preprocessing is how a network with these settings wants its images.
func preprocessing(c config.Config) checkpoint.Preprocessing {
	return checkpoint.Preprocessing{
		Size: c.Model.Px, Resize: c.Augment.Resize, Mean: c.Model.Mean, Std: c.Model.Std,
	}
}

func (i *importing) report(c *cobra.Command, s config.Config, o *original.Checkpoint) error {
	m := s.Model
	_, err := fmt.Fprintf(c.OutOrStdout(), "%d px, ndf %d, n_rkhs %d, n_depth %d, use_bn %v, after %s: %s\n",
		m.Px, m.NDF, m.NRKHS, m.NDepth, m.UseBN, spelling.Count(o.Step, "update"), i.out)
	if err != nil {
		return err
	}
	if o.Images == nil && i.dataSet == "" {
		note(c.ErrOrStderr(), "the file does not say how images are prepared: using mean %.4g "+
			"and std %.4g, as in the authors' code at %d px (change with --data-set, --set)", m.Mean, m.Std, m.Px)
	}
	next := typed("eval", "--model", i.out, "--data", "folder:DIR")
	return sayNext(c, next)
}
