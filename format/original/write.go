package original

import (
	"fmt"
	"io"
	"strings"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/format/torchfile"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/tensor"
)

// noClasses is how many classes the classifiers get for a network without
// labels: theirs must have some.
const noClasses = 10

// Network is what Write writes. Images must be set.
type Network struct {
	Model       model.Config
	Classes     int // of the classifiers; 0: there are none
	Epoch, Step int
	Images      checkpoint.Preprocessing

	// Array returns a variable's numbers; nil if the network has no variable of that name.
	Array func(name string) ([]float32, error)
}

// Write writes a checkpoint that the authors' code restores: every key of their
// network is there. What ours lacks, unused BatchNorms and untrained
// classifiers, gets the values that training would start from; a mixture has no
// place in theirs and is left out.
func Write(w io.Writer, n Network) error {
	if n.Classes == 0 {
		n.Classes = noClasses
	}
	root := torchfile.NewDict()
	root.Set("model", n.state())
	hyper := torchfile.NewDict()
	hyper.Set("ndf", int64(n.Model.NDF))
	hyper.Set("n_classes", int64(n.Classes))
	hyper.Set("n_rkhs", int64(n.Model.NRKHS))
	hyper.Set("tclip", n.Model.TClip)
	hyper.Set("n_depth", int64(n.Model.NDepth))
	hyper.Set("encoder_size", int64(n.Model.Px))
	hyper.Set("use_bn", n.Model.UseBN)
	root.Set("hyperparams", hyper)
	cursor := torchfile.NewDict()
	cursor.Set("info_epoch", int64(n.Epoch))
	cursor.Set("info_step", int64(n.Step))
	cursor.Set("classifier_epoch", int64(0))
	cursor.Set("classifier_step", int64(0))
	root.Set("cursor", cursor)
	root.Set("preprocessing", prepared(n.Images))
	if err := torchfile.Write(w, root); err != nil {
		return fmt.Errorf("original: %w", err)
	}
	return nil
}

// state is the state dict. Each tensor is read when it is written.
func (n Network) state() *torchfile.Dict {
	d := torchfile.NewDict()
	d.Ordered = true
	for _, p := range layout(n.Model, n.Classes) {
		d.Set(p.key, torchfile.NewTensor(torchfile.Float32, p.shape(), func() ([]float32, error) {
			v, err := n.array(p)
			if err != nil {
				return nil, err
			}
			return tensor.OutFirst(v, p.Shape), nil
		}))
		if p.norm() {
			batches := 0
			if p.used {
				batches = 2 * n.Step // the views pass through one after the other
			}
			d.Set(strings.TrimSuffix(p.key, ".running_var")+countOf, count(batches))
		}
	}
	d.Set(masksKey, masks())
	return d
}

// array returns a variable of ours, or its initial value if we have none.
func (n Network) array(p placed) (v []float32, err error) {
	v, err = n.Array(p.Name)
	if v != nil && err == nil && len(v) != tensor.Size(p.Shape) {
		err = fmt.Errorf("%s has %d numbers, the network needs %v", p.Name, len(v), p.Shape)
	}
	if v != nil || err != nil {
		return v, err
	}
	err = model.Initialize([]graph.Var{p.Var}, 1, func(_ string, first []float32) error {
		v = first
		return nil
	})
	return v, err
}

func count(n int) *torchfile.Tensor {
	return torchfile.NewTensor(torchfile.Int64, []int{}, func() ([]float32, error) {
		return []float32{float32(n)}, nil
	})
}

// masks returns their masks of 25 locations: (25, 1, 5, 5), one-hot.
func masks() *torchfile.Tensor {
	shape := []int{25, 1, 5, 5}
	return torchfile.NewTensor(torchfile.Uint8, shape, func() ([]float32, error) {
		v := make([]float32, tensor.Size(shape))
		for i := range 25 {
			v[26*i] = 1
		}
		return v, nil
	})
}
