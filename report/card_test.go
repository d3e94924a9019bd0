package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/model"
)

func aCard(t *testing.T) *Card {
	t.Helper()
	c, err := config.Preset("stl10")
	if err != nil {
		t.Fatal(err)
	}
	return &Card{
		Name: "runs|x\n# no heading", Settings: c,
		Meta: checkpoint.Meta{
			Step: 7, Epoch: 2, Code: "abc", Engine: "cpu", Data: checkpoint.Data{Spec: "stl10:data", Images: 105000},
			Preprocessing: checkpoint.Preprocessing{Size: 64, Resize: 70, Mean: c.Model.Mean, Std: c.Model.Std},
		},
		Result: &eval.Result{Step: 5, Data: "stl10:data", Classes: 10, Rows: []eval.Row{
			{Representation: eval.Model, Protocol: "linear", Accuracy: eval.NewScore(0.5, 0.6)},
		}},
	}
}

func written(t *testing.T, c *Card) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// What ± is over is not always the seeds of a probe, and what a reader might take for
// granted of the figures stands beside them.
func TestTheCardReadsTheFigures(t *testing.T) {
	c := aCard(t)
	c.Result.Folds, c.Result.Config.Seeds = 10, []uint64{1}
	c.Result.Notes = []string{"Copies | of test images.", "Images are enlarged."}
	c.Result.Train, c.Result.Config.Probe = 446, eval.Default().Probe
	text := written(t, c)
	for _, want := range []string{
		"frozen encoder; mean ± standard deviation over 10 folds of the train images, a classifier on each.\n\n|",
		"| 55.00 ± 7.07 |\n\n- probes: 20 epochs in batches of 446, Adam at 0.001, at 0.0001 after epoch 14; " +
			"tested after the last\n\nCopies \\| of test images.\n\nImages are enlarged.\n\n" +
			"Measured after update 5, not 7.\n\n## Use",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the card lacks %q:\n%s", want, text)
		}
	}
	c.Result.Folds, c.Result.Notes, c.Result.Step, c.Result.Rows[0].Protocol = 0, nil, 7, "few-shot-5-mean"
	if text, want := written(t, c), "frozen encoder.\n\n|"; !strings.Contains(text, want) ||
		!strings.Contains(text, "| 55.00 ± 7.07 |\n\n## Use") {
		t.Errorf("the card of one run lacks %q:\n%s", want, text)
	}
	c.Result.Rows[0].Alone = eval.NewScore(0.5)
	if text, want := written(t, c), " (no copies: 50.00) |\n"; !strings.Contains(text, want) {
		t.Errorf("the card lacks %q:\n%s", want, text)
	}
}

// A head that no task uses is not trained, and no file has it.
func TestParametersAreOfThePartsThatThereAre(t *testing.T) {
	c := aCard(t)
	c.Settings.Model.Pairs = []model.Pair{{From: 1, To: 5}, {From: 5, To: 5}}
	if got, want := c.Parameters(), "encoder 193.91 M, head φ5 7.08 M"; got != want {
		t.Errorf("without scale 7: %q, want %q", got, want)
	}
	c.Settings.Model.Pairs, c.Settings.Model.Mix.K = nil, 8
	// fc1 is r·r + r, fc2 r·8r + 8r with r = 1536.
	want := "encoder 193.91 M, head φ5 7.08 M, head φ7 7.08 M, mixture 21.25 M"
	if got := c.Parameters(); got != want {
		t.Errorf("with a mixture: %q, want %q", got, want)
	}
}

func TestTheCardSaysWhatIsKnown(t *testing.T) {
	c := aCard(t)
	text := written(t, c)
	for _, want := range []string{
		`# runs\|x # no heading`, "192 / 1536 / 8", "| encoder 193.91 M, head φ5 7.08 M, head φ7 7.08 M |",
		"shorter side has 280 pixels or more, k × k pixels first become their mean", "leaves at least 140.",
		"resized to 70 pixels", "central 64 × 64", "| mean | 0.43, 0.42, 0.39 |",
		"stl10:data: 105000 images", "1-5, 1-7, 5-5; 0.04; 20",
		"| model | linear | 55.00 ± 7.07 |", "Measured after update 5, not 7.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the card lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "mixture") {
		t.Error("the card of a network without a mixture tells of one")
	}
	c.Settings.Model.Mix.K = 8
	want := "| mixture | k = 8 components, τ = 2; only in the .safetensors form."
	if text = written(t, c); !strings.Contains(text, want) || !strings.Contains(text, "FILE.negatives.") {
		t.Errorf("the card lacks %q:\n%s", want, text)
	}
	c.Settings.Model.Mix.Hard = true
	text, want = written(t, c), "k = 8 components, hard: each"
	if !strings.Contains(text, want) || strings.Contains(text, "τ") {
		t.Errorf("the card of a hard mixture, which has no τ:\n%s", text)
	}
	c.Result, c.Meta.Data = nil, checkpoint.Data{}
	text = written(t, c)
	for _, want := range []string{"Not evaluated.", "not recorded: the network was imported"} {
		if !strings.Contains(text, want) {
			t.Errorf("the card of an import lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "contrastive tasks") {
		t.Error("the card of an import tells of a training that is not known")
	}
}

// A checkpoint of others says what it likes of itself; the card may be shown as HTML.
func TestTheCardHasNoTagsOrLinksOfItsData(t *testing.T) {
	c := aCard(t)
	c.Meta.Data = checkpoint.Data{Spec: "folder:<img src=x onerror=f()>\\[a](javascript:f())&lt;", Images: 7}
	c.Meta.Code = "<script>f()</script>"
	c.Files, c.Commands = []string{"a&b.onnx"}, []string{"amdim pretrain --data 'folder:a<b|c'"}
	text := written(t, c)
	for _, want := range []string{
		`folder:&lt;img src=x onerror=f()>\\\[a](javascript:f())&amp;lt;`, "code &lt;script>f()&lt;/script>",
		"Goes with: `a&b.onnx`", "\n    amdim pretrain --data 'folder:a<b|c'\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
}

func TestTheCardTellsOfEarlierSchedules(t *testing.T) {
	c := aCard(t)
	if text := written(t, c); strings.Contains(text, "earlier") {
		t.Errorf("the card of a run with one schedule tells of others:\n%s", text)
	}
	c.Meta.Schedules = []checkpoint.Schedule{
		{Until: 3, Epochs: 60, LR: 5e-4}, {Until: 5, Epochs: 40, LR: 1e-3, Drops: [2]float64{0.5, 0.9}},
	}
	want := "| earlier schedules | 60 epochs (lr 0.0005) until update 3; " +
		"40 epochs (lr 0.001, drops [0.5 0.9]) until update 5 |\n| contrastive tasks"
	if text := written(t, c); !strings.Contains(text, want) {
		t.Errorf("the card lacks %q:\n%s", want, text)
	}
}

func TestTheCardTellsWhatTheWeightsAreFrom(t *testing.T) {
	c := aCard(t)
	c.Meta.Init = &checkpoint.Origin{
		Checksum: "abcd", Step: 900, Data: checkpoint.Data{Spec: "folder:a|b", Images: 7},
		Init: &checkpoint.Origin{Checksum: "ef", Step: 4},
	}
	want := "| began with | weights learnt on folder:a\\|b in 900 updates, SHA-256 abcd |\n" +
		"| which began with | weights learnt on images that are not recorded in 4 updates, SHA-256 ef |\n| labels"
	if text := written(t, c); !strings.Contains(text, want) {
		t.Errorf("the card lacks %q:\n%s", want, text)
	}
}
