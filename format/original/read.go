package original

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/format/torchfile"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/tensor"
)

// Checkpoint is a file in the authors' layout.
type Checkpoint struct {
	Model   model.Config // its Mean and Std are those of Images, if there are any
	Classes int          // of the classifiers; 0: there are none
	Epoch   int          // of self-supervised training
	Step    int          // updates
	Images  *checkpoint.Preprocessing

	file    *torchfile.File
	path    string
	tensors state
	layout  []placed // that are used
}

// Open reads all of a file except its numbers. Every tensor must have its place
// in the network, and every place its tensor, with the right shape.
func Open(path string) (*Checkpoint, error) {
	f, err := torchfile.Open(path)
	if err != nil {
		return nil, fmt.Errorf("original: %w", err)
	}
	c, err := parse(f.Root)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("original: read %s: %w", path, err)
	}
	c.file, c.path = f, path
	return c, nil
}

// Close closes the file.
func (c *Checkpoint) Close() error { return c.file.Close() }

// Vars returns the variables whose values Each gives.
func (c *Checkpoint) Vars() []graph.Var {
	var vars []graph.Var
	for _, p := range c.layout {
		vars = append(vars, p.Var)
	}
	return vars
}

// Each implements checkpoint.Source: names and layouts are those of package model.
func (c *Checkpoint) Each(f func(name string, v []float32) error) error {
	for _, p := range c.layout {
		v, err := c.tensors[p.key].Float32s()
		if err == nil {
			err = finite(v)
		}
		if err == nil {
			err = f(p.Name, tensor.OutLast(v, p.Shape))
		}
		if err != nil {
			return fmt.Errorf("original: read %s: %s: %w", c.path, p.key, err)
		}
	}
	return nil
}

func finite(v []float32) error {
	if i := tensor.NonFinite(v); i >= 0 {
		return fmt.Errorf("number %d is %v: the training diverged or the file is damaged", i, v[i])
	}
	return nil
}

// parse reads what torch.save stored.
func parse(root *torchfile.Dict) (*Checkpoint, error) {
	tensors, err := stateOf(root)
	if err != nil {
		return nil, err
	}
	c := &Checkpoint{tensors: tensors}
	if c.Model, c.Classes, err = tensors.sizes(); err != nil {
		return nil, err
	}
	hyper, err := dictOf(root, "hyperparams")
	if err != nil {
		return nil, err
	}
	if err := agree(&c.Model, c.Classes, hyper); err != nil {
		return nil, err
	}
	if c.Images, err = imagesOf(root); err != nil {
		return nil, err
	}
	if c.Images != nil {
		c.Model.Mean, c.Model.Std = c.Images.Mean, c.Images.Std
	}
	trial := c.Model
	trial.Std = [3]float64{1, 1, 1}
	if err := trial.Validate(); err != nil {
		return nil, err
	}
	if err := c.count(root); err != nil {
		return nil, err
	}
	return c, c.place()
}

// firstModules are BatchNorms that revisions before the last had in the stems
// and never used.
var firstModules = regexp.MustCompile(`^encoder\.module\.layer_list\.[01]\.bn\.bn\.`)

// stateOf returns the state dict, which may also be all that was saved. Keys of a
// network outside DataParallel, and those of earlier revisions, are renamed.
func stateOf(root *torchfile.Dict) (state, error) {
	dict, err := dictOf(root, "model")
	if err != nil {
		return nil, err
	}
	if dict == nil {
		dict = root
	}
	tensors := state{}
	for _, key := range dict.Keys() {
		v, _ := dict.Value(key)
		t, ok := v.(*torchfile.Tensor)
		if !ok {
			return nil, fmt.Errorf("%q holds no tensor: not a checkpoint of the authors' code", key)
		}
		key = strings.TrimPrefix(key, "module.")
		if rest, ok := strings.CutPrefix(key, "encoder."); ok {
			key = encoderKey + strings.TrimPrefix(rest, "module.")
		}
		key = strings.Replace(key, "rkhs_block_5.bn1.", "rkhs_block_5.bn_hid.", 1)
		key = strings.Replace(key, "rkhs_block_7.bn1.", "rkhs_block_7.bn_hid.", 1)
		if firstModules.MatchString(key) {
			continue
		}
		if tensors[key] != nil {
			return nil, fmt.Errorf("the state dict has two tensors for %s", key)
		}
		tensors[key] = t
	}
	if len(tensors) == 0 {
		return nil, errors.New(`no tensors under "model": not a checkpoint of the authors' code`)
	}
	return tensors, nil
}

// place assigns every tensor its place.
func (c *Checkpoint) place() error {
	known := map[string]bool{masksKey: true}
	for _, p := range layout(c.Model, c.Classes) {
		known[p.key] = true
		if p.norm() {
			known[strings.TrimSuffix(p.key, ".running_var")+countOf] = true
		}
		t := c.tensors[p.key]
		switch {
		case t == nil && p.used:
			return fmt.Errorf("the state dict lacks %s", p.key)
		case t != nil && !slices.Equal(t.Shape, p.shape()):
			return fmt.Errorf("%s has shape %v, a network of ndf %d, n_rkhs %d, n_depth %d at %d px has %v",
				p.key, t.Shape, c.Model.NDF, c.Model.NRKHS, c.Model.NDepth, c.Model.Px, p.shape())
		}
		if p.used {
			c.layout = append(c.layout, p)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(c.tensors)) {
		if !known[key] {
			return fmt.Errorf("the state dict has %s, which the authors' network of %d px lacks: "+
				"another network", key, c.Model.Px)
		}
	}
	return nil
}

// dictOf returns a dictionary in the root; nil if there is none.
func dictOf(root *torchfile.Dict, key string) (*torchfile.Dict, error) {
	v, ok := root.Value(key)
	if !ok || v == nil {
		return nil, nil
	}
	d, ok := v.(*torchfile.Dict)
	if !ok {
		return nil, fmt.Errorf("%q is not a dictionary: not a checkpoint of the authors' code", key)
	}
	return d, nil
}
