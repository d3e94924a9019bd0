package original

import (
	"fmt"
	"strings"

	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/tensor"
)

// placed is a variable of ours and its place in their state dict.
type placed struct {
	graph.Var
	key  string // theirs
	used bool   // else a BatchNorm that exists only in their network
}

// The parts of their state dict.
const (
	encoderKey = "encoder.module."
	mlpKey     = "evaluator.block_glb_mlp.block_forward."
	linearKey  = "evaluator.block_glb_lin.block_forward."
	masksKey   = "g2l_loss.masks_r5" // one-hot choices of a location, not among the variables
	countOf    = ".num_batches_tracked"
)

// layout lists the variables of their network with c's sizes: encoder, heads and,
// with classes > 0, classifiers.
func layout(c model.Config, classes int) []placed {
	c.Mix = model.Mix{} // their code has no mixtures
	used := map[string]bool{}
	for _, v := range c.Pretrain(classes).Vars {
		used[v.Name] = true
	}
	full := c
	full.UseBN, full.Pairs = true, nil
	var all []placed
	for _, v := range full.Pretrain(classes).Vars {
		all = append(all, placed{v, keyOf(c.Px, v.Name), used[v.Name]})
	}
	return all
}

// shape is that of the tensor in their state dict.
func (p placed) shape() []int { return tensor.OutFirstShape(p.Shape) }

// norm reports whether the variable is the last of a BatchNorm, after which
// theirs has a count of batches.
func (p placed) norm() bool { return strings.HasSuffix(p.Name, ".var") }

// keyOf is their key for our variable.
func keyOf(px int, name string) string {
	at := strings.LastIndexByte(name, '.')
	module, part := name[:at], name[at+1:]
	if moduleKey := moduleOf(px, module); moduleKey != "" {
		return moduleKey + "." + map[string]string{
			"weight": "weight", "bias": "bias", "scale": "weight", "mean": "running_mean", "var": "running_var",
		}[part]
	}
	panic(fmt.Sprintf("original: no place for variable %s", name))
}

// moduleOf is their name for our operation. At side 7 their list of layers has
// one entry more than ours, a BatchNorm; a layer of depth 1 is not a list there.
func moduleOf(px int, name string) string {
	switch name {
	case "linear":
		return linearKey + "2"
	case "mlp.fc1":
		return mlpKey + "2"
	case "mlp.bn":
		return mlpKey + "3"
	case "mlp.fc2":
		return mlpKey + "6"
	}
	for _, scale := range []string{"5", "7"} {
		if rest, ok := strings.CutPrefix(name, "phi"+scale+"."); ok {
			switch rest {
			case "conv1.bn":
				rest = "bn_hid.bn"
			case "bn":
				rest = "bn_out.bn"
			}
			return encoderKey + "rkhs_block_" + scale + "." + rest
		}
	}
	parts := strings.SplitN(name, ".", 4) // encoder, l3, 0, conv1.bn
	var layer int
	if len(parts) < 2 || parts[0] != "encoder" {
		return ""
	}
	if _, err := fmt.Sscanf(parts[1], "l%d", &layer); err != nil {
		return ""
	}
	return encoderKey + layerOf(px, layer, parts[2:])
}

// layerOf is their name for the parts of our layer, counted from 1.
func layerOf(px, layer int, rest []string) string {
	seven, last := 4, 7 // the layers of side 7 and 1
	if px == 128 {
		seven, last = 5, 8
	}
	index := layer - 1
	if layer > seven {
		index++
	}
	list := fmt.Sprintf("layer_list.%d", index)
	switch len(rest) {
	case 0:
		return list + ".conv" // a stem
	case 1: // the BatchNorm after a layer
		return fmt.Sprintf("layer_list.%d.bn", index+1)
	}
	if layer != last && !(px == 32 && layer == 2) {
		list += ".layer_list." + rest[0]
	}
	return list + "." + strings.Replace(rest[1], "conv1.bn", "bn1.bn", 1)
}
