package config

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/internal/keyed"
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/train"
)

// Config is everything that decides the numbers of a run, apart from the data.
type Config struct {
	Model   model.Config   `json:"model"`
	Augment augment.Config `json:"augment"`
	Train   train.Config   `json:"train"`
	// Precision of products: "bf16", "f32" or, on a GPU, "tf32"; empty: the engine's best.
	Precision string `json:"precision"`
}

// Task returns a training task with these settings on the data that spec names;
// the caller adds the data itself and an engine.
func (c Config) Task(spec string) train.Task {
	return train.Task{Model: c.Model, Augment: c.Augment, Train: c.Train, Settings: c.JSON(), DataSpec: spec}
}

// Validate checks every part, then that the parts fit together.
func (c Config) Validate() error {
	for _, part := range []interface{ Validate() error }{c.Model, c.Augment, c.Train} {
		if err := part.Validate(); err != nil {
			return err
		}
	}
	if !slices.Contains([]string{"", "bf16", "f32", "tf32"}, c.Precision) {
		return fmt.Errorf("config: precision = %q, need bf16, f32 or tf32", c.Precision)
	}
	if c.Augment.Size != c.Model.Px {
		return fmt.Errorf("config: augment.size = %d and model.px = %d differ: a view is the encoder's input",
			c.Augment.Size, c.Model.Px)
	}
	if c.Model.Mean != c.Augment.Mean || c.Model.Std != c.Augment.Std {
		return fmt.Errorf("config: mean and std of model (%v, %v) and augment (%v, %v) differ",
			c.Model.Mean, c.Model.Std, c.Augment.Mean, c.Augment.Std)
	}
	return nil
}

// Parse reads a whole configuration, as stored in a checkpoint: keys may be
// missing, but none may be unknown.
func Parse(text []byte) (Config, error) {
	var c Config
	err := c.Merge(text)
	return c, err
}

// JSON is the text that Parse reads, with every key: a reader sees all settings, and
// merged into another configuration it leaves nothing of the other.
func (c Config) JSON() json.RawMessage { return object(reflect.ValueOf(c)) }

// object is the struct v as JSON, including what its tags let encoding/json omit.
func object(v reflect.Value) []byte {
	text := []byte{'{'}
	for i := range v.NumField() {
		if i > 0 {
			text = append(text, ',')
		}
		text = fmt.Appendf(text, "%q:", keyed.Name(v.Type().Field(i)))
		switch f := v.Field(i); {
		case keyed.IsGroup(f.Type()):
			text = append(text, object(f)...)
		case f.Kind() == reflect.Slice && f.Len() == 0:
			text = append(text, "[]"...) // not null, which setLeaf refuses
		default:
			value, err := json.Marshal(f.Interface())
			if err != nil { // NaN or an infinity, which Validate rejects
				panic(fmt.Sprintf("config: JSON: %v", err))
			}
			text = append(text, value...)
		}
	}
	return append(text, '}')
}
