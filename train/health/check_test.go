package health

import (
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/amdim/amdim/train"
)

var update = flag.Bool("update", false, "rewrite the golden table")

// real are runs of the demo, each with what makes it differ.
var real = []struct {
	name   string
	change func(*Facts)
}{
	{"healthy", func(*Facts) {}},
	{"paper", func(f *Facts) { f.LR, f.Warmup = 2e-4, 250 }},
	{"rate50", func(f *Facts) { f.LR = 0.01 }},
	{"rate150", func(f *Facts) { f.LR = 0.03 }},
	{"rate1000", func(f *Facts) { f.LR = 0.2 }},
	{"clip1", func(f *Facts) { f.TClip = 1 }},
	{"clip3", func(f *Facts) { f.TClip = 3 }},
	{"batch4", func(f *Facts) { f.Batch, f.Warmup = 4, 500 }},
	{"lambda100", func(f *Facts) { f.Lambda = 100 }},
	{"collapse", func(f *Facts) { f.LR = 0.01 }},
	{"black", func(f *Facts) { f.Images, f.Warmup = 320, 30 }},
	{"copies", func(f *Facts) { f.Images, f.Warmup = 320, 60 }},
	{"starved", func(*Facts) {}},
	{"mix", func(f *Facts) { f.Tau = 1 }},
	{"mixalike", func(f *Facts) { f.Tau = 0.02 }},
	{"spread", func(*Facts) {}},
	{"dimensional", func(f *Facts) { f.LR = 0.03 }},
	{"mirrored", func(f *Facts) { f.Images, f.Warmup = 320, 60 }},
}

// demo are the facts of the demo preset on 4000 images.
func demo() Facts {
	return Facts{Images: 4000, Batch: 32, LR: 1e-3, Warmup: 62, TClip: 20, Lambda: 0.04}
}

func records(t *testing.T, name string) []train.Record {
	t.Helper()
	r, err := train.ReadMetrics(filepath.Join("testdata", name+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The golden table holds the findings of each run after its first record, a
// quarter, a half and all of it.
func TestFindingsOfRealRuns(t *testing.T) {
	var b strings.Builder
	for _, run := range real {
		all, f := records(t, run.name), demo()
		run.change(&f)
		for _, n := range []int{1, len(all) / 4, len(all) / 2, len(all)} {
			fmt.Fprintf(&b, "%s, %d updates\n", run.name, all[n-1].Step)
			for _, found := range Check(all[:n], f) {
				fmt.Fprintf(&b, "    %-4s %s: %v\n", found.Level, found.Kind, found)
			}
		}
	}
	const golden = "testdata/golden.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("findings changed: go test ./train/health -update, then look at the difference:\n%s", b.String())
	}
}

// A whole run has this verdict, and these findings beside it.
func TestVerdictsOfRealRuns(t *testing.T) {
	for name, want := range map[string]string{
		"healthy":   "learning",
		"paper":     "learning",
		"rate50":    "learning",
		"rate150":   "learning rate too high",
		"rate1000":  "learning rate too high",
		"clip1":     "clip saturated, learning",
		"clip3":     "learning",
		"batch4":    "batch too small, learning",
		"lambda100": "not learning yet",
		"collapse":  "collapsed",
		"black":     "collapsed",
		"copies":    "not learning yet",
		"starved":   "starved for data, starting",
		"mix":       "learning",
		"mixalike":  "mixture collapsed, learning",

		"spread":      "learning",
		"dimensional": "collapsed",
		"mirrored":    "collapsed",
	} {
		f := demo()
		for _, run := range real {
			if run.name == name {
				run.change(&f)
			}
		}
		if got := kinds(Check(records(t, name), f)); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func kinds(findings []Finding) string {
	var k []string
	for _, f := range findings {
		k = append(k, string(f.Kind))
	}
	return strings.Join(k, ", ")
}

// run makes records of ten updates each with losses given as the share below
// the ceiling.
func run(below ...float64) []train.Record {
	var all []train.Record
	for i, b := range below {
		task := train.TaskRecord{Loss: 10 * (1 - b), Ceiling: 10}
		all = append(all, train.Record{
			Step: 10 * (i + 1), Mean: 10, Loss: 2 * task.Loss, FeatureStd: 0.6, PairsPerSecond: 300,
			Tasks: map[string]train.TaskRecord{"1-5": task, "1-7": task},
		})
	}
	return all
}

func rep(n int, v float64) []float64 {
	s := make([]float64, n)
	for i := range s {
		s[i] = v
	}
	return s
}

// edit changes each of the records.
func edit(r []train.Record, change func(*train.Record)) []train.Record {
	for i := range r {
		change(&r[i])
	}
	return r
}

func waiting(share float64) func(*train.Record) {
	return func(r *train.Record) { r.WaitShare = share }
}

func firstWaits(r *train.Record) {
	if r.Step == 10 {
		r.WaitShare = 0.9
	}
}

func flat(std float64) func(*train.Record) {
	return func(r *train.Record) { r.FeatureStd = std }
}

func varied(ratio float64, world int) func(*train.Record) {
	return func(r *train.Record) { r.ParticipationRatio, r.World = ratio, world }
}

func lastVaries(r *train.Record) {
	if r.Step == 50 {
		r.ParticipationRatio = 2
	}
}

func clipped(share float64) func(*train.Record) {
	return func(r *train.Record) { r.Tasks["1-7"] = train.TaskRecord{Ceiling: 10, Clipped: share} }
}

func mixed(information float64, usage ...float64) func(*train.Record) {
	return func(r *train.Record) {
		m := train.Mixture{Information: information, Usage: usage}
		r.Tasks["1-7"] = train.TaskRecord{Ceiling: 10, Mix: &m}
	}
}

// thresholds are runs of the demo at both sides of what divides one verdict from another.
var thresholds = []struct {
	name    string
	records []train.Record
	change  func(*Facts)
	want    string
}{
	{"no records", nil, nil, ""},
	{"one record", run(0), nil, "starting"},
	{"just learnt", run(rep(6, 0.061)...), nil, "learning"},
	{"too little for patience's end", run(rep(26, 0.059)...), nil, "starting"},
	{"too little after it", run(rep(27, 0.059)...), nil, "not learning yet"},
	{"what mirroring gives", run(rep(51, 0.069)...), nil, "learning"},
	{"what mirroring gives, for long", run(rep(52, 0.069)...), nil, "not learning yet"},
	{"more than that", run(rep(52, 0.07)...), nil, "learning"},
	{"too little at a high rate", run(rep(27, 0.059)...), func(f *Facts) { f.LR = 0.0021 },
		"learning rate too high"},
	{"worse than guessing", run(rep(12, -0.031)...), nil, "learning rate too high"},
	{"worse than guessing at a low rate", run(rep(12, -0.031)...), func(f *Facts) { f.LR = 1e-4 }, "starting"},
	{"half given back", run(append(rep(30, 0.2), rep(5, 0.099)...)...), nil, "learning rate too high"},
	{"less than half given back", run(append(rep(30, 0.2), rep(5, 0.101)...)...), nil, "learning"},
	{"a spike of one record", run(append(rep(30, 0.2), 0, 0.2, 0.2, 0.2, 0.2)...), nil, "learning"},
	{"collapsed", edit(run(rep(6, 0)...), flat(0.099)), nil, "collapsed"},
	{"flat at first only", edit(run(rep(4, 0)...), flat(0.09)), nil, "starting"},
	{"one dimension", edit(run(rep(6, 0.2)...), varied(1.09, 0)), nil, "collapsed"},
	{"a little more", edit(run(rep(6, 0.2)...), varied(1.11, 0)), nil, "learning"},
	{"one dimension at first only", edit(run(rep(4, 0)...), varied(1, 0)), nil, "starting"},
	{"one dimension of a batch of 16", edit(run(rep(30, 0.2)...), varied(1, 0)),
		func(f *Facts) { f.Batch = 16 }, "collapsed"},
	{"one dimension of a batch of 15", edit(run(rep(30, 0.2)...), varied(1, 0)),
		func(f *Facts) { f.Batch = 15 }, "batch too small, learning"},
	{"one dimension of half a batch", edit(run(rep(6, 0.2)...), varied(1, 2)), nil, "collapsed"},
	{"one dimension of a third", edit(run(rep(6, 0.2)...), varied(1, 3)), nil, "learning"},
	{"begun before there was a ratio", edit(run(rep(5, 0.2)...), lastVaries), nil, "learning"},
	{"clip", edit(run(rep(6, 0.2)...), clipped(0.1)), nil, "clip saturated, learning"},
	{"no clip", edit(run(rep(6, 0.2)...), clipped(0.099)), nil, "learning"},
	{"starved", edit(run(rep(6, 0.2)...), waiting(0.05)), nil, "starved for data, learning"},
	{"waits for the first batch alone", edit(run(rep(5, 0.2)...), firstWaits), nil, "learning"},
	{"fed", edit(run(rep(6, 0.2)...), waiting(0.049)), nil, "learning"},
	{"seven updates an epoch", run(rep(6, 0.2)...), func(f *Facts) { f.Images = 255 },
		"too few images for the batch, learning"},
	{"eight updates an epoch", run(rep(6, 0.2)...), func(f *Facts) { f.Images = 256 }, "learning"},
	{"a batch of 8", run(rep(30, 0.2)...), func(f *Facts) { f.Batch = 8 }, "batch too small, learning"},
	{"100 images", run(rep(30, 0.2)...), func(f *Facts) { f.Images, f.Batch = 100, 8 },
		"too few images for the batch, learning"},
	{"one component", edit(run(rep(27, 0.2)...), mixed(0.5, 0.049, 0.951)), nil,
		"mixture collapsed, learning"},
	{"a large component", edit(run(rep(27, 0.2)...), mixed(0.5, 0.051, 0.949)), nil, "learning"},
	{"components alike", edit(run(rep(27, 0.2)...), mixed(0.0034, 0.5, 0.5)), nil,
		"mixture collapsed, learning"}, // 0.005·log 2 = 0.00347
	{"components differ", edit(run(rep(27, 0.2)...), mixed(0.0035, 0.5, 0.5)), nil, "learning"},
	{"alike in the beginning", edit(run(rep(26, 0.2)...), mixed(0, 0.5, 0.5)), nil, "learning"},
	{"a mixture of one", edit(run(rep(27, 0.2)...), mixed(0, 1)), nil, "learning"},
	{"a mixture without figures", edit(run(rep(27, 0.2)...), mixed(0)), nil, "learning"},
	{"a short run, going on", run(rep(6, 0.059)...), func(f *Facts) { f.Steps = 70 }, "starting"},
	{"a short run, at its end", run(rep(6, 0.059)...), func(f *Facts) { f.Steps = 60 },
		"too short for a verdict"},
	{"a short run that learnt", run(rep(6, 0.061)...), func(f *Facts) { f.Steps = 60 }, "learning"},
	{"a long run, at its end", run(rep(27, 0.059)...), func(f *Facts) { f.Steps = 270 }, "not learning yet"},
	{"one component at the end of a short run", edit(run(rep(1, 0)...), mixed(0.5, 0, 1)),
		func(f *Facts) { f.Steps = 10 }, "mixture collapsed, too short for a verdict"},
	{"one component in the beginning", edit(run(rep(1, 0)...), mixed(0.5, 0, 1)),
		func(f *Facts) { f.Steps = 20 }, "starting"},
	{"components alike at the end of a short run", edit(run(rep(10, 0)...), mixed(0, 0.5, 0.5)),
		func(f *Facts) { f.Steps = 100 }, "mixture collapsed, too short for a verdict"},
	{"components alike at the end of a shorter one", edit(run(rep(9, 0)...), mixed(0, 0.5, 0.5)),
		func(f *Facts) { f.Steps = 90 }, "too short for a verdict"},
	{"no facts", run(rep(30, 0.2)...), func(f *Facts) { *f = Facts{} }, "learning"},
}

func TestVerdictsAtTheThresholds(t *testing.T) {
	for _, c := range thresholds {
		f := demo()
		if c.change != nil {
			c.change(&f)
		}
		if got := kinds(Check(c.records, f)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// Where a run of a mixture ends does not change what is said of its components, once
// they can be judged.
func TestAMixtureIsJudgedWhereverItsRunEnds(t *testing.T) {
	for name, tau := range map[string]float64{"mix": 1, "mixalike": 0.02} {
		all := records(t, name)
		for n := range all {
			f := demo()
			f.Tau, f.Steps = tau, all[n].Step
			judged := name == "mixalike" && f.Steps >= 2*windowUpdates
			if got := kinds(Check(all[:n+1], f)); strings.Contains(got, "mixture") != judged {
				t.Errorf("%s, %d updates: %s", name, f.Steps, got)
			}
		}
	}
}

// Of components that are alike one may be the likeliest everywhere, by a hair: it takes no
// more than the others. One that locations are sure of leaves them nothing.
func TestOneComponentIsToldFromAlikeOnes(t *testing.T) {
	for _, c := range []struct {
		entropy, information, tau float64
		title, do                 string
	}{
		{1, 0, 0.1, "The components are alike", "--mix-tau 2:"},
		{1, 0, 1, "The components are alike", "--mix-tau 5:"},
		{0.51, 0, 2, "The components are alike", "--mix-tau 5:"},
		{0.49, 0, 2, "One component takes nearly everything", "a bonus for using all"},
		{0.01, 0, 5, "One component takes nearly everything", "or --mix-tau 2.5"},
		{0.01, 0, 3, "One component takes nearly everything", "or --mix-tau 2"},
		{0, 0.01, 0, "One component takes nearly everything", "without model.mix.hard, with --mix-tau 2"},
		{0.9, 0.01, 1, "Learning", ""},
	} {
		nats := math.Log(2)
		all := edit(run(rep(27, 0.2)...), mixed(c.information*nats, 0.04, 0.96))
		all = edit(all, func(r *train.Record) { r.Tasks["1-7"].Mix.Entropy = c.entropy * nats })
		f := demo()
		f.Tau = c.tau
		if got := Check(all, f)[0]; got.Title != c.title || !strings.Contains(got.Do, c.do) {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

// Each finding that worries says what to do, in one line.
func TestFindingsSayWhatToDo(t *testing.T) {
	for _, run := range real {
		all, f := records(t, run.name), demo()
		run.change(&f)
		for n := 1; n <= len(all); n++ {
			for _, found := range Check(all[:n], f) {
				mute := found.Figure == "" || found.Level != OK && found.Do == ""
				if mute || strings.Contains(found.String(), "\n") {
					t.Fatalf("%s: %+v", run.name, found)
				}
			}
		}
	}
}
