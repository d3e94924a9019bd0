package train

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/graph"
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
	if err := sameEncoder(r.Model, m); err != nil {
		return err
	}
	if err := c.Fits(r.Model.Encode().Vars); err != nil {
		return err
	}
	found, lacking := held(c, r.Model.Pretrain(0).Vars)
	if lacking != nil {
		r.OnNotice("%s has no %s of this size: random weights take their place",
			r.Init, strings.Join(lacking, ", "))
	}
	r.origin = &checkpoint.Origin{Checksum: c.Checksum(), Step: m.Step, Data: m.Data}
	return c.RestoreOnly(checkpoint.Finite(r.state), found)
}

// sameEncoder returns an error that names a setting of the encoder in which a
// checkpoint differs. The mean and deviation of its input are part of what it knows.
func sameEncoder(c model.Config, m checkpoint.Meta) error {
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
