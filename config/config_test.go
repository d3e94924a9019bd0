package config

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/optim"
)

func mustPreset(t testing.TB, name string) Config {
	t.Helper()
	c, err := Preset(name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Costs as the presets' comments state them: parameters of the encoder in
// millions (PAPER 3.7) and GFLOP to train on one pair.
func TestPresetsAreValidAndCostWhatTheirCommentsSay(t *testing.T) {
	want := map[string][2]float64{
		"demo":         {0.58, 0.266},
		"cifar10-tiny": {4.0, 1.82}, "cifar10-small": {27.8, 13.3}, "cifar10-large": {111.0, 52.0},
		"photos-tiny": {3.22, 1.965}, "photos-small": {12.86, 7.735},
		"stl10": {193.9, 122.9}, "imagenet-small": {194.3, 138.7}, "imagenet-medium": {400.9, 283.8},
		"imagenet-large": {626.4, 442.7},
	}
	for _, name := range Presets() {
		c := mustPreset(t, name)
		if err := c.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		p := c.Model.Pretrain(10)
		bound, err := p.Bind(2*c.Train.Batch, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		millions := float64(graph.Parameters(p.Vars, "encoder.")) / 1e6
		gflop := float64(bound.Cost().Train) / float64(c.Train.Batch) / 1e9
		if w := want[name]; !near(millions, w[0], 0.05) || !near(gflop, w[1], 0.005*w[1]) {
			t.Errorf("%s: %.2f M parameters and %.3f GFLOP per pair, want %v", name, millions, gflop, w)
		}
	}
}

// PAPER section 5: 300 epochs with drops at 250 and 280, 50 at 30 and 45, 150 at 90 and
// 135.
func TestPresetsOfThePaperDropWhereItSays(t *testing.T) {
	for name, want := range map[string][3]int{
		"cifar10-large": {300, 250, 280}, "stl10": {300, 250, 280}, "imagenet-small": {50, 30, 45},
		"imagenet-medium": {50, 30, 45}, "imagenet-large": {150, 90, 135},
	} {
		c := mustPreset(t, name).Train
		if d := optim.Scale(c.LR, c.Epochs, 100, c.Drops).Drops; [3]int{c.Epochs, d[0], d[1]} != want {
			t.Errorf("%s: %d epochs, drops at %d, want %d", name, c.Epochs, d, want)
		}
	}
}

func near(got, want, tolerance float64) bool { return got >= want-tolerance && got <= want+tolerance }

func TestConfigSurvivesJSON(t *testing.T) {
	for _, name := range Presets() {
		c := mustPreset(t, name)
		c.Model.Pairs = []model.Pair{{From: 1, To: 7}}
		c.Train.Seed = 1<<64 - 1
		got, err := Parse(c.JSON())
		if err != nil || !reflect.DeepEqual(got, c) {
			t.Errorf("%s: %v, differs in %v", name, err, Diff(got, c))
		}
	}
}

// What a run's config.json says holds, also where it is zero and the preset below is not.
func TestTheWholeTextLeavesNothingOfWhatItIsPutOver(t *testing.T) {
	below := mustPreset(t, "imagenet-small")
	below.Model.Mix = model.Mix{K: 4, Tau: 1, Pairs: []model.Pair{{From: 1, To: 7}}, Beta: 0.1}
	below.Model.Pairs = []model.Pair{{From: 1, To: 7}}
	below.Augment.SameView, below.Augment.Lighting = true, 0.1
	below.Augment.Policy.Sub = [][]augment.Step{{{Op: "Rotate"}}}
	for _, want := range []Config{mustPreset(t, "demo"), {}} {
		got := below
		if err := got.Merge(want.JSON()); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%v, differs in %v", err, Diff(got, want))
		}
	}
}

func TestTheTextHoldsEveryKey(t *testing.T) {
	var text map[string]any
	if err := json.Unmarshal(Config{}.JSON(), &text); err != nil {
		t.Fatal(err)
	}
	for _, key := range Keys() {
		var at any = text
		for name := range strings.SplitSeq(key, ".") {
			group, _ := at.(map[string]any)
			at = group[name]
		}
		if at == nil {
			t.Errorf("no %s in %s", key, Config{}.JSON())
		}
	}
}

// Files by hand leave keys of zero values out.
func TestTextWithoutKeysIsOfZeros(t *testing.T) {
	want := mustPreset(t, "demo")
	text, err := json.Marshal(want)
	if err != nil || strings.Contains(string(text), "drops") {
		t.Fatalf("%s, %v: not as it was", text, err)
	}
	if got, err := Parse(text); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, differs in %v", err, Diff(got, want))
	}
}

func TestSetIsTypedByTheStruct(t *testing.T) {
	c := mustPreset(t, "cifar10-tiny")
	for _, s := range []string{
		"model.ndf=128", "model.use_bn=true", "model.pairs=1-5,1-7", "augment.crop.scale=0.3,1", "train.lr=1e-3",
		`augment.policy.sub=[[["Rotate",0.5,1]],[["Color",1,0],["Invert",1,0]]]`, "augment.lighting=0.1",
		"train.seed=18446744073709551615", "precision=f32", "train.adam.beta1=0.9", "model.mean=[0.1,0.2,0.3]",
		"train.drops=[0.5,0.9]",
	} {
		if err := c.Set(s); err != nil {
			t.Error(err)
		}
	}
	want := mustPreset(t, "cifar10-tiny")
	want.Model.NDF, want.Model.UseBN = 128, true
	want.Model.Pairs = []model.Pair{{From: 1, To: 5}, {From: 1, To: 7}}
	want.Augment.Crop.Scale = [2]float64{0.3, 1}
	want.Train.LR, want.Train.Seed, want.Train.Adam.Beta1 = 1e-3, 1<<64-1, 0.9
	want.Train.Drops = optim.Shares{0.5, 0.9}
	want.Augment.Policy.Sub = [][]augment.Step{{{Op: "Rotate", P: 0.5, Level: 1}},
		{{Op: "Color", P: 1}, {Op: "Invert", P: 1}}}
	want.Augment.Lighting = 0.1
	want.Precision, want.Model.Mean = "f32", [3]float64{0.1, 0.2, 0.3}
	if d := Diff(c, want); d != nil {
		t.Errorf("differs in %v", d)
	}
}

func TestWrongAssignmentsNameKeyAndValue(t *testing.T) {
	for assignment, want := range map[string]string{
		"model.ndf":                           `"model.ndf" is not KEY=VALUE`,
		"model.nfd=128":                       `unknown key "model.nfd": did you mean "model.ndf"?`,
		"ndf=128":                             `unknown key "ndf": did you mean "model.ndf"?`,
		"zzzzzz=1":                            `unknown key "zzzzzz"`,
		"model.ndf.x=1":                       `unknown key "model.ndf.x"`,
		"model.ndf=wide":                      "model.ndf = wide is not a whole number",
		"model.ndf=1.5":                       "model.ndf = 1.5 is not a whole number",
		"model.ndf=null":                      "model.ndf = null is not a whole number",
		"model.ndf=":                          "model.ndf =  is not a whole number",
		"train.seed=-1":                       "train.seed = -1 is not a whole number of at least 0",
		"train.lr=fast":                       "train.lr = fast is not a number",
		"train.lr=1e999":                      "train.lr = 1e999 is not a number",
		"model.use_bn=yes":                    "model.use_bn = yes is not true or false",
		"augment.crop.scale=1":                "augment.crop.scale = [1] is not 2 numbers",
		"model.mean=[1,2,3,4]":                "model.mean = [1,2,3,4] is not 3 numbers",
		"model.pairs=one":                     `model.pairs = ["one"] is not a list`,
		"model=1":                             "model is a group of keys",
		"augment.translate={}":                "augment.translate is a group of keys",
		"Model.NDF=3":                         `unknown key "Model.NDF"`,
		`augment.policy.sub=[[["Rotate",1]]]`: `augment.policy.sub = [[["Rotate",1]]] is not a list`,
		"augment.policy.sub=[" + strings.Repeat("0,", 500) + "0]": "0,0… is not a list",
		"model.ndf=12 trailing":                                   "model.ndf = 12 trailing is not a whole number",
		"model.ndf=99999999999999999999":                          "is not a whole number",
	} {
		c := mustPreset(t, "demo")
		before := mustPreset(t, "demo")
		if err := c.Set(assignment); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", assignment, err, want)
		}
		if d := Diff(c, before); d != nil {
			t.Errorf("%s changed %v", assignment, d)
		}
	}
}

func TestWrongFilesNameTheKey(t *testing.T) {
	for text, want := range map[string]string{
		`{"model":{"nrkhs":3}}`:             `unknown key "model.nrkhs": did you mean "model.n_rkhs"?`,
		`{"modle":{}}`:                      `unknown key "modle"`,
		`{"model":3}`:                       "model: not a JSON object",
		`{"model":{"ndf":"x"}}`:             `model.ndf = "x" is not a whole number`,
		`{"model":{"ndf":1,"ndf":2}}`:       `model: name "ndf" twice`,
		`{"augment":{"jitter":{"p":[]}}}`:   "augment.jitter.p = [] is not a number",
		`{"train":{"adam":{"beta1":null}}}`: "train.adam.beta1 = null is not a number",
		`{`:                                 "config:",
		`{} {}`:                             "after the end",
		`["model"]`:                         "not a JSON object",
	} {
		c := mustPreset(t, "demo")
		if err := c.Merge([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
		if d := Diff(c, mustPreset(t, "demo")); d != nil {
			t.Errorf("%s changed %v", text, d)
		}
	}
}

func TestMergeLeavesOtherKeys(t *testing.T) {
	c := mustPreset(t, "demo")
	if err := c.Merge([]byte(`{"train": {"lr": 0.5}, "augment": {"jitter": {"hue": 0}}}`)); err != nil {
		t.Fatal(err)
	}
	want := mustPreset(t, "demo")
	want.Train.LR, want.Augment.Jitter.Hue = 0.5, 0
	if d := Diff(c, want); d != nil {
		t.Errorf("differs in %v", d)
	}
}

func TestUnknownPresetSuggestsTheNearest(t *testing.T) {
	for name, want := range map[string]string{
		"cifar-tiny": `did you mean "cifar10-tiny"`,
		"vgg":        "need one of demo, cifar10-tiny",
	} {
		if _, err := Preset(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
}

func TestPartsThatDoNotFit(t *testing.T) {
	for assignment, want := range map[string]string{
		"augment.size=64":     "augment.size = 64 and model.px = 32 differ",
		"model.std=1,1,1":     "mean and std of model",
		"precision=f16":       `precision = "f16"`,
		"model.ndf=0":         "model: ndf = 0",
		"train.batch=1":       "train: batch = 1",
		"train.epochs=0":      "train: epochs = 0",
		"train.lr=-1":         "train: lr = -1",
		"train.adam.eps=0":    "train: adam.eps = 0",
		"augment.gray=2":      "augment: gray = 2",
		"train.adam.beta2=1":  "train: adam.beta2 = 1",
		"train.drops=0.9,0.6": "train: drops = [0.9 0.6]",
	} {
		c := mustPreset(t, "demo")
		if err := c.Set(assignment); err != nil {
			t.Error(err)
		}
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", assignment, err, want)
		}
	}
}

func TestDiffNamesKeysAndValues(t *testing.T) {
	a, b := mustPreset(t, "demo"), mustPreset(t, "demo")
	b.Train.Adam.Beta1, b.Model.NDF = 0.5, 7
	a.Augment.Policy.Name, b.Augment.Policy.Name = "", "none"
	b.Augment.Policy.Sub = [][]augment.Step{{{Op: "Rotate"}}}
	want := []Difference{
		{Key: "model.ndf", A: "32", B: "7"},
		{Key: "augment.policy.name", A: "", B: "none"},
		{Key: "augment.policy.sub", A: "none", B: "1 sub-policies (SHA-256 1510d89da4205c20…)"},
		{Key: "train.adam.beta1", A: "0.8", B: "0.5"},
	}
	if d := Diff(a, b); !reflect.DeepEqual(d, want) {
		t.Errorf("%v, want %v", d, want)
	}
	text := "the run has different settings: model.ndf is 32, not 7; " +
		`augment.policy.name is "", not none; ` +
		"augment.policy.sub is none, not 1 sub-policies (SHA-256 1510d89da4205c20…); " +
		"train.adam.beta1 is 0.8, not 0.5"
	if err := CheckSame(a, b); err == nil || err.Error() != text {
		t.Errorf("%v, want %s", err, text)
	}
	if err := CheckSame(a, a); err != nil {
		t.Error(err)
	}
}

func TestResumeMayChangeTheScheduleThatWasAskedFor(t *testing.T) {
	was, now := mustPreset(t, "demo"), mustPreset(t, "demo")
	now.Train.Epochs, now.Train.LR = 50, 0.25
	for asked, want := range map[string]string{
		"train.epochs train.lr": "",
		"train.lr":              "the run has different settings: train.epochs is 5, not 50",
		"": "the run has different settings: " +
			"train.epochs is 5, not 50; train.lr is 0.001, not 0.25",
	} {
		err := CheckResume(was, now, func(key string) bool { return slices.Contains(strings.Fields(asked), key) })
		if got := fmt.Sprint(err); got != want && (err != nil || want != "") {
			t.Errorf("asked for %q: %s, want %q", asked, got, want)
		}
	}
	now.Train.Seed = 9
	err := CheckResume(was, now, func(string) bool { return true })
	if want := "the run has different settings: train.seed is 1, not 9"; err == nil || err.Error() != want {
		t.Errorf("another seed: %v, want %s", err, want)
	}
}

// FuzzMerge feeds arbitrary text: what is accepted must survive being stored.
func FuzzMerge(f *testing.F) {
	for _, name := range Presets() {
		f.Add([]byte(mustPreset(f, name).JSON()))
	}
	f.Add([]byte(`{"model":{"pairs":["1-5",null]}}`))
	f.Add([]byte(`{"model":{"ndf":1e2}}`))
	f.Add([]byte(`{"augment":{"size":32,"policy":{"sub":[[["Rotate",0.5,1e-0]],[["Color",1,0]]]}}}`))
	f.Add([]byte(`{"train":{"lr":1e-400},"augment":{"crop":{"scale":[0,-0]}}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := Parse(text)
		if err != nil || c.Validate() != nil {
			return
		}
		again, err := Parse(c.JSON())
		if err != nil || len(Diff(c, again)) > 0 {
			t.Fatalf("%v, stored and read again it differs in %v", err, Diff(c, again))
		}
	})
}

// FuzzSet feeds arbitrary assignments.
func FuzzSet(f *testing.F) {
	for _, s := range []string{
		"model.ndf=128", "model.pairs=1-5,1-7", "augment.crop.scale=0.3,1", "model..=1", "=", "model.mean=",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, assignment string) {
		var c Config
		if err := c.Set(assignment); err != nil && len(Diff(c, Config{})) > 0 {
			t.Fatalf("%v, and yet it changed %v", err, Diff(c, Config{}))
		}
	})
}
