package original

import (
	"fmt"
	"math"

	"github.com/amdim/amdim/format/torchfile"
	"github.com/amdim/amdim/model"
)

// state is their state dict by key, under the names of their last revision.
type state map[string]*torchfile.Tensor

// shape is that of a tensor; it is an error if the tensor is missing.
func (s state) shape(key string, dims int) ([]int, error) {
	t, ok := s[key]
	if !ok {
		return nil, fmt.Errorf("the state dict lacks %s", key)
	}
	if len(t.Shape) != dims {
		return nil, fmt.Errorf("%s has shape %v, need %d dimensions", key, t.Shape, dims)
	}
	return t.Shape, nil
}

// sizes returns those of the network that the tensors belong to. The first
// revision of the authors' code stored nothing else.
func (s state) sizes() (c model.Config, classes int, err error) {
	stem, err := s.shape(encoderKey+"layer_list.0.conv.weight", 4)
	if err != nil {
		return c, 0, err
	}
	head, err := s.shape(encoderKey+"rkhs_block_5.conv2.weight", 4)
	if err != nil {
		return c, 0, err
	}
	c = model.Config{Px: 64, NDF: stem[0], NRKHS: head[0], Lambda: 4e-2, TClip: 20}
	block := 1 // the first layer that is a list
	if stem[2] == 5 {
		c.Px, block = 128, 2
	} else if _, ok := s[encoderKey+"layer_list.1.conv1.weight"]; ok {
		c.Px, block = 32, 2
	}
	for s[fmt.Sprintf("%slayer_list.%d.layer_list.%d.conv1.weight", encoderKey, block, c.NDepth)] != nil {
		c.NDepth++
	}
	if _, ok := s[linearKey+"2.weight"]; ok {
		linear, err := s.shape(linearKey+"2.weight", 2)
		if err != nil {
			return c, 0, err
		}
		classes = linear[0]
	}
	used := fmt.Sprintf("%slayer_list.%d.layer_list.0.bn1.bn%s", encoderKey, block, countOf)
	if t := s[used]; t != nil {
		n, err := t.Float32s()
		if err != nil {
			return c, 0, err
		}
		c.UseBN = len(n) == 1 && n[0] > 0 // batches have passed through it
	}
	return c, classes, nil
}

// agree sets what the tensors do not say and compares the rest. Missing
// hyperparameters are not an error: revisions differ in what they store.
func agree(c *model.Config, classes int, hyper *torchfile.Dict) error {
	if hyper == nil {
		return nil
	}
	for _, size := range []struct {
		key string
		is  int
	}{
		{"ndf", c.NDF}, {"n_rkhs", c.NRKHS}, {"n_depth", c.NDepth}, {"encoder_size", c.Px},
		{"n_classes", classes},
	} {
		v, ok := hyper.Value(size.key)
		if !ok || size.key == "n_classes" && classes == 0 {
			continue
		}
		if v != any(int64(size.is)) {
			return fmt.Errorf("hyperparams: %s = %v, the tensors are of a network with %d", size.key, v, size.is)
		}
	}
	switch v, ok := hyper.Value("use_bn"); v := v.(type) {
	case bool:
		c.UseBN = v
	case int64:
		c.UseBN = v != 0
	default:
		if ok {
			return fmt.Errorf("hyperparams: use_bn = %v, need true or false", v)
		}
	}
	switch v, ok := hyper.Value("tclip"); v := v.(type) {
	case float64:
		c.TClip = v
	case int64:
		c.TClip = float64(v)
	default:
		if ok {
			return fmt.Errorf("hyperparams: tclip = %v, need a number", v)
		}
	}
	if !(c.TClip >= 0) || math.IsInf(c.TClip, 1) {
		return fmt.Errorf("hyperparams: tclip = %v, need at least 0", c.TClip)
	}
	return nil
}
