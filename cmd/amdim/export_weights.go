package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/format/onnx"
	"github.com/amdim/amdim/format/original"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/durable"
	"github.com/amdim/amdim/internal/regular"
	"github.com/amdim/amdim/report"
	"github.com/amdim/amdim/report/runreport"
	"github.com/amdim/amdim/train"
)

// exported is a checkpoint to be given to other programs.
type exported struct {
	storedModel
	path string // of the model, as it was named
}

func openExported(path string) (*exported, error) {
	stored, err := openStored(path)
	if err != nil {
		return nil, err
	}
	m := &exported{stored, path}
	if err := m.fits(); err != nil {
		m.weights.Close()
		return nil, fmt.Errorf("%s: %w", m.file, err)
	}
	return m, nil
}

// fits returns an error when a tensor is not of the network that the settings make.
func (m *exported) fits() error {
	shapes := map[string][]int{}
	for _, v := range m.settings.Model.Pretrain(max(m.meta.Data.Classes, 0)).Vars {
		shapes[v.Name] = v.Shape
	}
	for _, e := range m.weights.Entries {
		if s, ok := shapes[e.Name]; ok && !slices.Equal(s, e.Shape) {
			return fmt.Errorf("%s has shape %v, the network needs %v: it belongs to another network",
				e.Name, e.Shape, s)
		}
	}
	return nil
}

// array is a variable of the checkpoint, with finite numbers; nil where
// the checkpoint has none.
func (m *exported) array(name string) ([]float32, error) {
	v, ok, err := m.weights.Array(name)
	if err != nil || !ok {
		return nil, err
	}
	if err := checkpoint.Finite(nothing{}).Set(name, v); err != nil {
		return nil, fmt.Errorf("%s: %w", m.path, err)
	}
	return v, nil
}

// needed is array for a variable that must be there.
func (m *exported) needed(name string) ([]float32, error) {
	v, err := m.array(name)
	if err == nil && v == nil {
		err = fmt.Errorf("%s: the checkpoint lacks %s: the network was trained without it", m.path, name)
	}
	return v, err
}

// nothing is a target that keeps nothing.
type nothing struct{ checkpoint.Target }

func (nothing) Set(string, []float32) error { return nil }

// frozen gives the variables of encoder, heads and mixture that the checkpoint has.
type frozen struct{ *exported }

func (f frozen) vars() []graph.Var {
	var vars []graph.Var
	for _, v := range f.settings.Model.Pretrain(0).Vars {
		for _, e := range f.weights.Entries {
			if e.Name == v.Name {
				vars = append(vars, v)
			}
		}
	}
	return vars
}

// Each implements checkpoint.Source.
func (f frozen) Each(each func(name string, v []float32) error) error {
	for _, v := range f.vars() {
		x, err := f.needed(v.Name)
		if err == nil {
			err = each(v.Name, x)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (m *exported) safetensors(path string) error {
	meta := m.meta
	meta.Data.Classes = 0 // there are no classifiers
	text, err := meta.Encode()
	if err != nil {
		return err
	}
	return checkpoint.Replace(path, frozen{m}, frozen{m}.vars(), text)
}

// negatives copies the file that lies beside the checkpoint.
func (m *exported) negatives(path string) error {
	from, err := regular.Open(train.NegativesPath(m.file))
	if err != nil {
		return err
	}
	defer from.Close()
	return durable.Replace(path, func(w io.Writer) error { _, err := io.Copy(w, from); return err })
}

func (m *exported) torch(path string) error {
	classes := m.meta.Data.Classes
	if v, err := m.array("linear.bias"); err != nil {
		return err
	} else if v == nil {
		classes = 0
	}
	n := original.Network{
		Model: m.settings.Model, Classes: classes, Epoch: m.meta.Epoch, Step: m.meta.Step,
		Images: m.meta.Preprocessing, Array: m.array,
	}
	return durable.Replace(path, func(w io.Writer) error { return original.Write(w, n) })
}

func (m *exported) onnx(path string, outputs []string) error {
	p, err := json.Marshal(m.meta.Preprocessing)
	if err != nil {
		return err
	}
	resize := max(m.meta.Preprocessing.Resize, m.settings.Model.Px)
	o := onnx.Options{Array: m.needed, Version: checkpoint.CodeVersion(), Metadata: map[string]string{
		"preprocessing": string(p),
		"input": fmt.Sprintf("RGB in [0, 1]. %s Shorter side resized to %d px, bicubic, central %d×%d cut out; "+
			"mean and std are applied inside", report.Reduction(resize), resize,
			m.settings.Model.Px, m.settings.Model.Px),
		"config": string(m.meta.Config),
		"step":   fmt.Sprint(m.meta.Step),
	}}
	return durable.Replace(path, func(w io.Writer) error {
		return onnx.Write(w, m.settings.Model.Encode(outputs...), o)
	})
}

// card writes the model card that goes with files.
func (m *exported) card(path string, goesWith ...string) error {
	c := report.Card{Name: m.name(), Files: goesWith, Meta: m.meta, Settings: m.settings}
	if info, err := os.Stat(m.path); err == nil && info.IsDir() {
		if c.Result, c.Transfers, err = runreport.Results(m.path); err != nil {
			return err
		}
		made, err := train.ReadCommands(m.path)
		if err != nil {
			return err
		}
		c.Commands = runreport.Commands(made, m.meta.Step, c.Results()...)
	}
	return durable.Replace(path, c.Write)
}

// name is the last part of the model's path.
func (m *exported) name() string {
	whole, err := filepath.Abs(m.path)
	if err != nil {
		whole = m.path
	}
	return strings.TrimSuffix(filepath.Base(whole), ".safetensors")
}
