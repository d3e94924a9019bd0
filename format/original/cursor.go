package original

import (
	"fmt"
	"math"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/format/torchfile"
)

// count reads how far training got: under "cursor" or, in the first revision,
// beside the model under other names.
func (c *Checkpoint) count(root *torchfile.Dict) error {
	cursor, err := dictOf(root, "cursor")
	if err != nil {
		return err
	}
	if cursor == nil {
		cursor = root
	}
	for _, counter := range []struct {
		to   *int
		keys [2]string
	}{
		{&c.Epoch, [2]string{"info_epoch", "info_epochs"}}, {&c.Step, [2]string{"info_step", "info_steps"}},
	} {
		for _, key := range counter.keys {
			v, ok := cursor.Value(key)
			if !ok {
				continue
			}
			n, ok := v.(int64)
			if !ok || n < 0 || n > math.MaxInt32 {
				return fmt.Errorf("cursor: %s = %v, need a whole number of at least 0", key, v)
			}
			*counter.to = int(n)
		}
	}
	return nil
}

// imagesOf reads how images are prepared; nil if the file does not say.
func imagesOf(root *torchfile.Dict) (*checkpoint.Preprocessing, error) {
	d, err := dictOf(root, "preprocessing")
	if d == nil || err != nil {
		return nil, err
	}
	var p checkpoint.Preprocessing
	for key, to := range map[string]*int{"size": &p.Size, "resize": &p.Resize} {
		v, _ := d.Value(key)
		n, ok := v.(int64)
		if !ok || n < 0 || n > 1<<20 {
			return nil, fmt.Errorf("preprocessing: %s = %v, need a whole number", key, v)
		}
		*to = int(n)
	}
	for key, to := range map[string]*[3]float64{"mean": &p.Mean, "std": &p.Std} {
		v, _ := d.Value(key)
		list, ok := v.(*torchfile.List)
		if !ok || len(list.Items) != len(to) {
			return nil, fmt.Errorf("preprocessing: %s is not 3 numbers", key)
		}
		for i, item := range list.Items {
			x, ok := item.(float64)
			if !ok || math.IsNaN(x) || math.IsInf(x, 0) || key == "std" && x <= 0 {
				return nil, fmt.Errorf("preprocessing: %s is not 3 numbers", key)
			}
			to[i] = x
		}
	}
	return &p, nil
}

// prepared returns the dictionary that imagesOf reads.
func prepared(p checkpoint.Preprocessing) *torchfile.Dict {
	numbers := func(v [3]float64) *torchfile.List {
		return &torchfile.List{Items: []any{v[0], v[1], v[2]}}
	}
	d := torchfile.NewDict()
	d.Set("size", int64(p.Size))
	d.Set("resize", int64(p.Resize))
	d.Set("mean", numbers(p.Mean))
	d.Set("std", numbers(p.Std))
	return d
}
