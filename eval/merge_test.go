package eval

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// measured is sample under some protocols, a row for each.
func measured(protocols ...string) *Result {
	r := sample()
	r.Config.Protocols, r.Rows = protocols, nil
	for _, p := range protocols {
		name := map[string]string{KNN: "knn-20", FewShot: "few-shot-5-mean", Paper: "paper-linear"}[p]
		if name == "" {
			name = p
		}
		r.Rows = append(r.Rows, Row{Representation: Model, Protocol: name, Accuracy: NewScore(0.5)})
	}
	return r
}

// secondEvaluations are those of a model that was evaluated before, and the rows that result.
var secondEvaluations = []struct {
	name       string
	was, is    []string
	edit       func(*Result) // of the earlier one
	want, lost []string
}{
	{"others", []string{Linear, KNN}, []string{FewShot}, nil,
		[]string{Linear, "knn-20", "few-shot-5-mean"}, nil},
	{"the same again", []string{Linear, KNN}, []string{KNN, Linear}, nil, []string{"knn-20", Linear}, nil},
	{"some again", []string{Linear, KNN}, []string{KNN}, nil, []string{Linear, "knn-20"}, nil},
	{"paper is not linear", []string{Paper}, []string{Linear}, nil, []string{Linear, "paper-linear"}, nil},
	{"settings of its own", []string{Linear, MLP}, []string{KNN},
		func(r *Result) { r.Config.Seeds, r.Config.Probe.Epochs = []uint64{7}, 3 },
		[]string{Linear, MLP, "knn-20"}, nil},
	{"settings that another needs", []string{Linear, KNN}, []string{MLP},
		func(r *Result) { r.Config.Seeds = []uint64{7} }, []string{MLP, "knn-20"}, []string{Linear}},
	{"another refresh", []string{KNN}, []string{Linear},
		func(r *Result) { r.Config.Refresh.Batch = 3 }, []string{Linear}, []string{KNN}},
	{"another update", []string{KNN}, []string{Linear},
		func(r *Result) { r.Step = 3 }, []string{Linear}, []string{KNN}},
	{"another encoder", []string{KNN}, []string{Linear},
		func(r *Result) { r.Frozen.Before = "cd" }, []string{Linear}, []string{KNN}},
	{"paper of other weights", []string{Paper}, []string{KNN},
		func(r *Result) { r.Frozen = Frozen{Weights: "cd"} }, []string{"knn-20"}, []string{Paper}},
	{"paper by another engine", []string{Paper}, []string{KNN},
		func(r *Result) { r.Frozen, r.Engine = Frozen{Weights: "01"}, "cpu avx512 bf16" },
		[]string{"knn-20"}, []string{Paper}},
	{"measured again after another refresh", []string{KNN, Linear}, []string{KNN, Linear, MLP},
		func(r *Result) { r.Config.Refresh.Batch, r.Frozen.Before = 3, "cd" },
		[]string{"knn-20", Linear, MLP}, []string{KNN, Linear}},
	{"measured again with fewer neighbours", []string{KNN, Linear}, []string{KNN},
		func(r *Result) { r.Config.KNN.K = []int{5, 20} }, []string{Linear, "knn-20"}, []string{KNN}},
	{"measured again with fewer seeds", []string{Linear}, []string{Linear},
		func(r *Result) { r.Config.Seeds = []uint64{7} }, []string{Linear}, []string{Linear}},
	{"measured again with other weights", []string{KNN}, []string{KNN},
		func(r *Result) { r.Frozen.Weights = "02" }, []string{"knn-20"}, []string{KNN}},
	{"the same images elsewhere", []string{KNN}, []string{Linear},
		func(r *Result) { r.Data = "cifar10:/elsewhere" }, []string{Linear, "knn-20"}, nil},
	{"other images", []string{KNN, Linear}, []string{Linear},
		func(r *Result) { r.Data, r.TrainDigest, r.TestDigest = "stl10:data", "d1", "d2" },
		[]string{Linear}, []string{KNN, Linear}},
	{"other images in the same place", []string{KNN}, []string{Linear},
		func(r *Result) { r.TrainDigest = "d1" }, []string{Linear}, []string{KNN}},
	{"test images written anew", []string{KNN, Linear}, []string{Linear},
		func(r *Result) { r.TestContents = "f2" }, []string{Linear}, []string{KNN, Linear}},
	{"train images written anew", []string{KNN}, []string{Linear},
		func(r *Result) { r.TrainContents = "f1" }, []string{Linear}, []string{KNN}},
}

func TestResultsOfOtherProtocolsStay(t *testing.T) {
	for _, c := range secondEvaluations {
		is, was := measured(c.is...), measured(c.was...)
		if c.edit != nil {
			c.edit(was)
		}
		whole, lost := is.With(was)
		var rows []string
		for _, row := range whole.Rows {
			rows = append(rows, row.Protocol)
		}
		if !slices.Equal(rows, c.want) || !slices.Equal(lost, c.lost) {
			t.Errorf("%s: rows %q, lost %q; want %q, %q", c.name, rows, lost, c.want, c.lost)
		}
		for _, p := range c.was {
			kept := !slices.Contains(c.lost, p) && !slices.Contains(c.is, p)
			if kept && !reflect.DeepEqual(whole.Config.of(p), was.Config.of(p)) {
				t.Errorf("%s: the settings of %s are not those it was measured with", c.name, p)
			}
		}
		for _, p := range c.is {
			if !reflect.DeepEqual(whole.Config.of(p), is.Config.of(p)) {
				t.Errorf("%s: the settings of %s changed", c.name, p)
			}
		}
		if !reflect.DeepEqual(is, measured(c.is...)) {
			t.Errorf("%s: the new result was changed", c.name)
		}
	}
}

// Baselines cost as much as the model: measuring the latter alone does not throw them away.
func TestBaselinesOfTheSameSettingsStay(t *testing.T) {
	was, is := measured(KNN, Linear), measured(Linear)
	for _, b := range []string{RandomEncoder, RawPixels} {
		was.Rows = append(was.Rows, Row{Representation: b, Protocol: Linear, Accuracy: NewScore(0.25)})
	}
	was.Config.Baselines, is.Config.Baselines = true, false
	is.Rows[0].Accuracy = NewScore(0.75)
	whole, lost := is.With(was)
	var got []string
	for _, row := range whole.Rows {
		got = append(got, row.Protocol+" "+row.Representation)
	}
	want := []string{"linear model", "linear random encoder", "linear raw pixels", "knn-20 model"}
	if !slices.Equal(got, want) || lost != nil || !whole.Config.Baselines ||
		whole.Rows[0].Accuracy.Mean != 0.75 {
		t.Errorf("%q, lost %q, baselines %t, linear %v; want %q", got, lost, whole.Config.Baselines,
			whole.Rows[0].Accuracy, want)
	}
	was.Config.Seeds = []uint64{7}
	if whole, lost := is.With(was); len(whole.Rows) != 2 || !slices.Equal(lost, []string{Linear}) {
		t.Errorf("other seeds: %d rows, lost %q", len(whole.Rows), lost)
	}
}

// A command all of whose rows were measured again gives nothing of the result, and one that
// is not known gives something.
func TestCommandsAreOfTheRowsThatStay(t *testing.T) {
	by := func(command string, protocols ...string) *Result {
		r := measured(protocols...)
		for i := range r.Rows {
			r.Rows[i].Command = command
		}
		return r
	}
	for _, c := range []struct {
		is, was *Result
		want    []string
	}{
		{by("b", KNN), by("a", Linear), []string{"a", "b"}},
		{by("b", KNN, Linear), by("a", Linear, MLP), []string{"b", "a"}},
		{by("b", Linear), by("a", Linear), []string{"b"}},
		{by("a", KNN), by("a", Linear), []string{"a"}},
		{by("b", KNN), by("", Linear), nil},
	} {
		whole, lost := c.is.With(c.was)
		if got := whole.Commands(); !slices.Equal(got, c.want) || lost != nil {
			t.Errorf("%q after %q: %q, want %q; lost %q", c.is.Commands(), c.was.Commands(), got, c.want, lost)
		}
	}
}

// What paper alone was measured on has no hash of statistics: beside what was there
// before it, the proof stays, and is what the next result is compared with.
func TestTheProofOfTheEncoderStays(t *testing.T) {
	linear, paper, knn := measured(Linear), measured(Paper), measured(KNN)
	paper.Frozen = Frozen{Weights: "01"}
	knn.Frozen.Before = "cd"
	whole, lost := paper.With(linear)
	if whole.Frozen != linear.Frozen || lost != nil {
		t.Errorf("%+v, lost %q", whole.Frozen, lost)
	}
	if whole, lost := knn.With(whole); len(whole.Rows) != 1 || len(lost) != 2 {
		t.Errorf("rows %+v of two encoders, lost %q", whole.Rows, lost)
	}
}

// A second evaluation says anew what holds of images and encoder, and notes on rows are of
// those that stay: of an earlier file that could not be read, raw pixels for which there was
// no memory, copies that kNN no longer finds.
func TestNotesAreOfWhatStays(t *testing.T) {
	const torn, small = "Left out, as they cannot be read: 1 of 9 train images.", "Images are enlarged."
	const less, more = pixelsLeftOut + "1 GB are free.", pixelsLeftOut + "2 GB are free."
	three, two := Copies{Images: 3, Cosine: 0.9}, Copies{Images: 2, Cosine: 0.9}
	of := func(c Copies, pixels bool, notes []string, protocols ...string) *Result {
		r := measured(protocols...)
		r.Copies, r.Notes, r.Config.Baselines = c, notes, true
		if pixels {
			row := r.Rows[0]
			row.Representation = RawPixels
			r.Rows = append(r.Rows, row)
		}
		return r
	}
	noted := append([]string{small}, paperNotes...)
	found, fewer := three.note(10000, "test"), two.note(10000, "test")
	none, untold := Copies{}, Copies{Unknown: true}
	what := untold.note(10000, "test")
	otherSeeds := of(none, false, []string{small}, Linear)
	otherSeeds.Config.Seeds = []uint64{7} // paper has others, and is lost
	for _, c := range []struct {
		name    string
		is, was *Result
		want    []string
	}{
		{"paper stays", of(none, false, []string{small}, Linear),
			of(none, false, noted, KNN, Paper), noted},
		{"paper is lost", otherSeeds, of(none, false, noted, KNN, Paper), []string{small}},
		{"paper is lost in other words", otherSeeds,
			of(none, false, []string{small, paperRows + "as of old."}, KNN, Paper), []string{small}},
		{"a torn file is gone", of(none, false, nil, Linear), of(none, false, []string{torn}, KNN), nil},
		{"a file is torn now", of(none, false, []string{torn}, Linear), of(none, false, nil, KNN), []string{torn}},
		{"memory is there now", of(none, true, nil, Linear), of(none, false, []string{less}, KNN), nil},
		{"memory was there", of(none, false, []string{less}, Linear), of(none, true, nil, KNN), nil},
		{"memory never was", of(none, false, []string{more}, Linear), of(none, false, []string{less}, KNN),
			[]string{more}},
		{"raw pixels of before", of(none, false, nil, Linear), of(none, false, []string{less}, KNN),
			[]string{less}},
		{"copies stay", of(none, false, nil, Linear), of(three, false, []string{found}, KNN), []string{found}},
		{"copies in other words", of(none, false, nil, Linear), of(three, false, []string{"3 have copies."}, KNN),
			[]string{found}},
		{"other copies", of(two, false, []string{fewer}, KNN), of(three, false, []string{found}, Linear, KNN),
			[]string{fewer}},
		{"copies still cannot be told", of(none, false, nil, Linear), of(untold, false, []string{what}, KNN),
			[]string{what}},
		{"copies can be told now", of(two, false, []string{fewer}, KNN),
			of(untold, false, []string{what}, Linear, KNN), []string{fewer}},
		{"no copies any more", of(none, false, nil, KNN), of(three, false, []string{found}, Linear, KNN), nil},
	} {
		whole, lost := c.is.With(c.was)
		if !slices.Equal(whole.Notes, c.want) || len(whole.Rows) < 2 {
			t.Errorf("%s: notes %q, want %q; lost %q", c.name, whole.Notes, c.want, lost)
		}
	}
}

// A second evaluation without kNN, which finds copies, leaves what is known of them.
func TestAccuraciesWithoutCopiesStay(t *testing.T) {
	was, is := measured(Linear, KNN), measured(Linear)
	was.Copies = Copies{Images: 3, Cosine: 0.9}
	was.Rows[0].Alone, is.Copies = NewScore(0.4), Copies{}
	whole, _ := is.With(was)
	if whole.Copies != was.Copies || !reflect.DeepEqual(whole.Rows[0].Alone, was.Rows[0].Alone) {
		t.Errorf("%+v, %+v", whole.Copies, whole.Rows[0])
	}
	if is.Rows[0].Alone.Runs != nil {
		t.Error("the result itself was changed")
	}
	is.Rows[0].Accuracy = NewScore(0.1, 0.2)
	if whole, _ = is.With(was); whole.Rows[0].Alone.Runs != nil {
		t.Errorf("other accuracies got %v", whole.Rows[0].Alone)
	}
}

func TestAPartIsWhatItsSettingsWouldMeasure(t *testing.T) {
	r := measured(Linear, KNN, Paper)
	r.Config.Baselines, r.Notes = true, append([]string{"small images"}, paperNotes...)
	r.Notes = append(r.Notes, pixelsLeftOut+"they need more memory.")
	for _, row := range r.Rows[:2] { // paper was measured without baselines
		for _, name := range []string{RandomEncoder, RawPixels} {
			row.Representation = name
			r.Rows = append(r.Rows, row)
		}
	}
	for _, c := range []struct {
		name  string
		edit  func(*Config)
		rows  string // as "representation protocol"; empty: not there
		notes int
	}{
		{"others", func(c *Config) { c.Protocols = []string{KNN} }, "model knn-20", 1},
		{"another order", func(c *Config) { c.Protocols = []string{KNN, Linear} }, "model knn-20, model linear", 1},
		{"paper", func(c *Config) { c.Protocols = []string{Paper} }, "model paper-linear", 3},
		{"settings of others", func(c *Config) { c.Protocols, c.Seeds = []string{KNN}, nil }, "model knn-20", 1},
		{"baselines", func(c *Config) { c.Protocols, c.Baselines = []string{KNN}, true },
			"model knn-20, random encoder knn-20, raw pixels knn-20", 2},
		{"no baselines there", func(c *Config) { c.Protocols, c.Baselines = []string{KNN, Paper}, true }, "", 0},
		{"a protocol more", func(c *Config) { c.Protocols = []string{KNN, MLP} }, "", 0},
		{"other settings", func(c *Config) { c.KNN.K = []int{5} }, "", 0},
		{"another refresh", func(c *Config) { c.Refresh.Batch++ }, "", 0},
	} {
		want := r.Config
		want.Baselines = false
		c.edit(&want)
		part, ok := r.Part(want)
		if !ok {
			part = &Result{Config: want}
		}
		var rows []string
		for _, row := range part.Rows {
			rows = append(rows, row.Representation+" "+row.Protocol)
		}
		if got := strings.Join(rows, ", "); got != c.rows || ok != (c.rows != "") || len(part.Notes) != c.notes ||
			!reflect.DeepEqual(part.Config, want) {
			t.Errorf("%s: %t, %s, want %s; notes %q", c.name, ok, got, c.rows, part.Notes)
		}
	}
	if len(r.Rows) != 7 || len(r.Notes) != 4 {
		t.Error("the result itself was changed")
	}
}

func TestResultsOfOtherSettingsAreNotComparable(t *testing.T) {
	for _, c := range []struct {
		name string
		edit func(*Result)
		want bool
	}{
		{"the same", func(*Result) {}, true},
		{"another model", func(r *Result) { r.Step, r.Network.NDF, r.Frozen = 7, 8, Frozen{} }, true},
		{"other neighbours", func(r *Result) { r.Config.KNN.K = []int{5} }, true},
		{"settings of another protocol", func(r *Result) { r.Config.Paper.Epochs++ }, true},
		{"another protocol", func(r *Result) { r.Config.Protocols, r.Config.Seeds = []string{KNN}, nil }, true},
		{"another schedule", func(r *Result) { r.Config.Probe.Schedule.LR = 7 }, false},
		{"other seeds", func(r *Result) { r.Config.Seeds = []uint64{7} }, false},
		{"other temperature", func(r *Result) { r.Config.KNN.Temperature = 1 }, false},
		{"fewer images", func(r *Result) { r.Test-- }, false},
		{"the same images elsewhere", func(r *Result) { r.Data = "cifar10:/elsewhere" }, true},
		{"other images in the same place", func(r *Result) { r.TestDigest = "d2" }, false},
		{"images written anew", func(r *Result) { r.TestContents = "f2" }, false},
		{"folds", func(r *Result) { r.Folds = 10 }, false},
	} {
		a, b := measured(Linear, KNN), measured(Linear, KNN)
		for _, r := range []*Result{a, b} {
			r.TrainContents, r.TestContents = "e1", "e2"
		}
		c.edit(b)
		if a.Comparable(b) != c.want || b.Comparable(a) != c.want {
			t.Errorf("%s: comparable %v, want %v", c.name, a.Comparable(b), c.want)
		}
	}
}
