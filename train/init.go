package train

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/durable"
	"github.com/amdim/amdim/internal/spelling"
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/tensor"
)

// adopt sets the weights to those of the checkpoint Init. It must have the whole encoder;
// heads that it lacks, or that have another size, begin with random weights, and so do the
// probes, which know the classes of other images.
func (r *run) adopt() error {
	path, err := CheckpointOf(r.Init)
	if err != nil {
		return err
	}
	c, err := checkpoint.Open(path)
	if err != nil {
		return err
	}
	defer c.Close()
	m, err := c.Run()
	if err != nil {
		return err
	}
	if err := c.Fits(r.Model.Encode().Vars); err != nil {
		return err
	}
	found, lacking := held(c, r.Model.Pretrain(0).Vars)
	if lacking != nil {
		r.OnNotice("%s lacks a part of the network, or has it in another size: %s begins with random weights",
			r.Init, strings.Join(lacking, ", "))
	}
	if m.Data.Quarantined > 0 && r.Quarantine == nil {
		r.OnNotice("%s left out %s by a list, and this run has no list",
			r.Init, spelling.Count(m.Data.Quarantined, "image"))
	}
	r.origin = &checkpoint.Origin{
		Checksum: c.Checksum(), Step: m.Step, Data: m.Data, Random: lacking, Init: m.Init,
	}
	return c.RestoreOnly(checkpoint.Finite(r.state), found)
}

// checkInit refuses weights that cannot be begun with, before anything is deleted.
func (t Task) checkInit(o Options) error {
	path, err := CheckpointOf(t.Init)
	if err != nil {
		return fmt.Errorf("train: begin with %w", err)
	}
	if o.Overwrite && durable.SameFile(filepath.Dir(path), o.Out) {
		return fmt.Errorf("train: begin with %s: it would be deleted with the run in %s: choose another folder",
			t.Init, o.Out)
	}
	m, err := checkpoint.ReadRun(path)
	if err == nil {
		err = CheckEncoder(t.Model, m)
	}
	if err != nil {
		return fmt.Errorf("train: begin with %s: %w", t.Init, err)
	}
	return nil
}

// CheckEncoder returns an error that names a setting of the encoder in which a checkpoint differs
// from c. The mean and deviation of its input are such settings.
func CheckEncoder(c model.Config, m checkpoint.Meta) error {
	var stored struct {
		Model *model.Config `json:"model"`
	}
	if json.Unmarshal(m.Config, &stored) != nil || stored.Model == nil {
		return nil // the settings of another program: the sizes of its weights will tell
	}
	was := *stored.Model
	for _, s := range []struct {
		key      string
		was, now any
	}{
		{"px", was.Px, c.Px}, {"ndf", was.NDF, c.NDF}, {"n_rkhs", was.NRKHS, c.NRKHS},
		{"n_depth", was.NDepth, c.NDepth}, {"use_bn", was.UseBN, c.UseBN},
		{"mean", was.Mean, c.Mean}, {"std", was.Std, c.Std},
	} {
		if s.was != s.now {
			return fmt.Errorf("its model.%s is %v, not %v: leave out what sets it, or take other weights",
				s.key, s.was, s.now)
		}
	}
	return nil
}

// held are the variables of those parts of a network that the file has whole, and the
// names of the other parts. A part is what its variables' names begin with: encoder, phi5.
func held(c *checkpoint.Reader, vars []graph.Var) (found []graph.Var, lacking []string) {
	sizes := map[string]int{}
	for _, e := range c.Entries {
		sizes[e.Name] = tensor.Size(e.Shape)
	}
	for _, v := range vars {
		n, ok := sizes[v.Name]
		if part := partOf(v); (!ok || n != tensor.Size(v.Shape)) && !slices.Contains(lacking, part) {
			lacking = append(lacking, part)
		}
	}
	for _, v := range vars {
		if !slices.Contains(lacking, partOf(v)) {
			found = append(found, v)
		}
	}
	return found, lacking
}

func partOf(v graph.Var) string {
	part, _, _ := strings.Cut(v.Name, ".")
	return part
}
