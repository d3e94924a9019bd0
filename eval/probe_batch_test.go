package eval

import (
	"strings"
	"testing"
)

func TestProbeBatchFitsTheImages(t *testing.T) {
	for _, c := range []struct {
		images, dim, batch int
		want               int
	}{
		{50_000, 64, 500, 500}, // 2,000 updates: half of what 64 features need
		{49_000, 64, 500, 245},
		{4000, 256, 500, 80}, // 1,000 updates of 256 features
		{4000, 1024, 500, 500},
		{1000, 1024, 500, 80},
		{901, 256, 500, 18},
		{446, 256, 500, 10}, // the fewest in a batch
		{4000, 256, 100, 100},
		{20, 256, 500, 5},
		{7, 256, 500, 2},
		{3, 256, 2, 2},
		{2, 256, 500, 500}, // no batch is smaller than all of them
		{1, 256, 500, 500},
		{0, 256, 500, 500},
	} {
		p := Default().Probe
		p.Batch = c.batch
		got := p.ForImages(c.images, c.dim)
		if got.Batch != c.want {
			t.Errorf("%d images of %d features, at most %d in a batch: %d, want %d",
				c.images, c.dim, c.batch, got.Batch, c.want)
		}
	}
}

// The paper's rate is a fifth of ours: the batch is a fifth, too, in as many epochs.
func TestProbeBatchFollowsTheRate(t *testing.T) {
	ours := Default().Probe
	slow := ours
	slow.Schedule.LR /= 5
	if a, b := ours.ForImages(4000, 256).Batch, slow.ForImages(4000, 256).Batch; a != 5*b {
		t.Errorf("batch %d at %g, %d at %g", a, ours.Schedule.LR, b, slow.Schedule.LR)
	}
}

// A batch that suits the few features of a network is not that of raw pixels, which would
// depend on the network otherwise.
func TestRawPixelsHaveABatchOfTheirOwn(t *testing.T) {
	e := evaluation(t)
	e.Config.Protocols, e.Config.Seeds = []string{Linear}, []uint64{1}
	slow := Default().Probe.Within(2)
	slow.Schedule.LR = 0.03
	for _, c := range []struct {
		probe    ProbeConfig
		raw      int
		settings string
	}{
		{slow.ForImages(110, 16), 500, "2 epochs in batches of 10, Adam at 0.03; tested after " +
			"the last; those of raw pixels in batches of 110"},
		{e.Config.Probe, 0, "tested after the last"}, // as asked for
	} {
		e.Config.Probe = c.probe
		r, _, err := e.Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for representation, want := range map[string]int{Model: 0, RandomEncoder: 0, RawPixels: c.raw} {
			if got := r.Row(representation, Linear).ProbeBatch; got != want {
				t.Errorf("%s: batch %d, want %d", representation, got, want)
			}
		}
		if got := r.Settings(); len(got) != 1 || !strings.HasSuffix(got[0], c.settings) {
			t.Errorf("settings %q", got)
		}
	}
}

// Two widths of a network have batches of their own, and figures that are to be compared.
func TestResultsWithFittedBatchesAreComparable(t *testing.T) {
	narrow, wide, asked := measured(Linear), measured(Linear), measured(Linear)
	narrow.Config.Probe = narrow.Config.Probe.ForImages(1000, 64)
	wide.Config.Probe = wide.Config.Probe.ForImages(1000, 1024)
	asked.Config.Probe.Batch = narrow.Config.Probe.Batch
	if narrow.Config.Probe.Batch == wide.Config.Probe.Batch {
		t.Fatal("both have the same batch")
	}
	if !narrow.Comparable(wide) || narrow.Comparable(asked) {
		t.Errorf("fitted %t, asked for %t", narrow.Comparable(wide), narrow.Comparable(asked))
	}
}
