package train

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/optim"
)

// settled is a task whose settings say all that it does, as those of package config do.
func settled(t *testing.T, task Task) Task {
	t.Helper()
	task.Settings = asJSON(t, map[string]any{"model": task.Model, "augment": task.Augment, "train": task.Train})
	return task
}

// mixed is a tinyTask with a mixture.
func mixed(t *testing.T) Task {
	task := tinyTask(t, 1)
	task.Model.Mix.K, task.Model.Mix.Tau = 3, 1
	return task
}

func TestResumeRefusesOtherSettings(t *testing.T) {
	dir := t.TempDir()
	mustRun(t, settled(t, mixed(t)), Options{Out: dir, MaxSteps: 2})
	for want, change := range map[string]func(*Task){
		"augment.gray is 0.25, not 0.5":  func(k *Task) { k.Augment.Gray = 0.5 },
		"augment.lighting is 0, not 0.1": func(k *Task) { k.Augment.Lighting = 0.1 },
		"augment.policy.sub is none, not 1 sub-policies (": func(k *Task) {
			k.Augment.Policy.Sub = augment.SubPolicies{{{Op: "Rotate", P: 1}}}
		},
		"model.lambda is 0.04, not 0":          func(k *Task) { k.Model.Lambda = 0 },
		"model.mix.tau is 1, not 2":            func(k *Task) { k.Model.Mix.Tau = 2 },
		"model.tclip is 20, not 10":            func(k *Task) { k.Model.TClip = 10 },
		"train.adam.beta2 is 0.999, not 0.5":   func(k *Task) { k.Train.Adam.Beta2 = 0.5 },
		"train.batch is 4, not 5":              func(k *Task) { k.Train.Batch = 5 },
		"model.tclip is 20, not 10; train.ada": func(k *Task) { k.Model.TClip, k.Train.Adam.Eps = 10, 1 },
	} {
		task := mixed(t)
		change(&task)
		want = "train: resume " + dir + ": the run has different settings: " + want
		refuses(t, "the caller's are opaque", dir, task, Options{Out: dir, Resume: true}, want)
		refuses(t, "the caller's are read", dir, settled(t, task), Options{Out: dir, Resume: true}, want)
	}
	later := mixed(t)
	later.Train.Epochs, later.Train.LR, later.Train.Drops = 4, 5e-4, optim.Shares{0.5, 0.9}
	if r := mustRun(t, settled(t, later), Options{Out: dir, Resume: true}); r.Step != 20 {
		t.Errorf("with another schedule the run made %d updates, want 20", r.Step)
	}
}

func TestSettingsOfATaskAreThoseOfTheTask(t *testing.T) {
	whole := string(settled(t, tinyTask(t, 1)).Settings)
	unset := `"policy":{"name":"","n":0,"m":0,"sub":[]},"lighting":0,"same_view":false`
	for _, c := range []struct{ text, want string }{
		{whole, ""},
		{`{"mine":1,"model":{"name":"mine"},"train":"fast","augment":[]}`, ""}, // of another program
		{strings.Replace(whole, `"augment":{`, `"augment":{`+unset+`,`, 1), ""},
		{strings.Replace(whole, `"model":{`, `"model":{"pairs":[],"mix":{"k":0},`, 1), ""},
		{"", `Task.Settings are "", need a JSON object`},
		{"null", `Task.Settings are "null", need`},
		{"[1]", `Task.Settings are "[1]", need`},
		{whole[1:], "need a JSON object"},
		{strings.Replace(whole, `"ndf":4`, `"ndf":8`, 1), "from the Task: model.ndf is 8, not 4: use config"},
		{strings.Replace(whole, `"epochs":3`, `"epochs":4`, 1), "train.epochs is 4, not 3"},
		{strings.Replace(whole, `"flip":0.5`, `"flip":0`, 1), "augment.flip is 0, not 0.5"},
	} {
		task := tinyTask(t, 1)
		task.Settings = json.RawMessage(c.text)
		err := task.mayRun(Options{Out: t.TempDir(), LogSteps: 1})
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%.40s…: %v, want %q", c.text, err, c.want)
		}
	}
}
