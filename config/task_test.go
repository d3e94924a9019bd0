package config

import (
	"strings"
	"testing"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/train"
)

// train.Run compares a task with its settings before it looks at where to keep the run. Nothing
// is computed: these have no methods.
type (
	noImages struct{ data.Dataset }
	noEngine struct{ engine.Engine }
)

func TestATaskHasTheSettingsThatItStores(t *testing.T) {
	for _, name := range Presets() {
		for _, a := range Ablations() {
			c := mustPreset(t, name)
			a.Apply(&c)
			task := c.Task("photos")
			task.Data, task.Engine = noImages{}, noEngine{}
			_, err := train.Run(t.Context(), task, train.Options{})
			if err == nil || err.Error() != "train: no run folder" {
				t.Errorf("%s, %s: %v", name, a.Name, err)
			}
			task.Train.Adam.Beta1 /= 2
			_, err = train.Run(t.Context(), task, train.Options{})
			if err == nil || !strings.Contains(err.Error(), "train.adam.beta1 is 0.8, not 0.4") {
				t.Errorf("%s, %s, another β1: %v", name, a.Name, err)
			}
		}
	}
}
