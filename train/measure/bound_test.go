package measure

import (
	"strings"
	"testing"
)

func TestVerdictNamesTheLargestShare(t *testing.T) {
	for _, c := range []struct {
		want     string
		bytes    int64
		read     reading
		core     float64
		alsoWant string
	}{
		{"bound by compute: at full speed the products of an update would take 50 % of its time", 1e9,
			reading{}, 1, "1.00 GB of memory traffic 10 %"},
		{"bound by memory: ", 8e9, reading{}, 1, "8.00 GB of memory traffic 80 %"},
		{"bound by memory: ", 15e10, reading{}, 1, "150 GB of memory traffic 1500 %"},
		{"bound by compute: ", 4e6, reading{}, 1, "4.00 MB of memory traffic 0 %"},
		{"bound by data: ", 1e9, reading{wait: 0.6}, 1, "its images 60 %"},
		{"bound by data: ", 1e9, reading{pair: 0.2}, 0.5, "running and left 50 % of the threads' time"},
	} {
		r := &Result{
			Batch: 8, Threads: 2, Unit: "pair", Seconds: []float64{1}, FLOPs: 5e9, Peak: 1e10, Bandwidth: 1e10,
			Core: c.core,
		}
		r.decide(c.bytes, c.read)
		if v := r.Verdict(); !strings.HasPrefix(v, c.want) || !strings.Contains(v, c.alsoWant) {
			t.Errorf("%q, want %q and %q", v, c.want, c.alsoWant)
		}
	}
}

// A share says what bounds an update only if it is a good part of it.
func TestVerdictOnOverheadNamesNoResource(t *testing.T) {
	const none = "bound by none of compute, memory or data: at full speed the products of an update would take "
	for _, c := range []struct {
		flops         int64
		core          float64
		groups        []Group
		by, says, end string
	}{
		{9e8, 1, []Group{{}}, "none", none + "9 % of its time", "; the rest is overhead: see where time goes"},
		{9e8, 1, nil, "none", none, " memory traffic 3 %; the rest is overhead"},
		{9e8, 0.5, []Group{{}}, "none", none, "but other programs were running and left 50 % of the threads' time"},
		{33e8, 1, nil, "none", none, "overhead"},
		{34e8, 1, nil, "compute", "bound by compute: ", "3 %"},
	} {
		r := &Result{
			Batch: 8, Threads: 2, Unit: "pair", Seconds: []float64{1}, FLOPs: c.flops, Peak: 1e10, Bandwidth: 1e10,
			Core: c.core, Groups: c.groups,
		}
		r.decide(3e8, reading{})
		v := r.Verdict()
		if r.Bound.By != c.by || !strings.HasPrefix(v, c.says) || !strings.HasSuffix(v, c.end) {
			t.Errorf("%s: %q, want %q … %q", r.Bound.By, v, c.says, c.end)
		}
	}
	r := &Result{Batch: 8, Threads: 2, Unit: "pair", Seconds: []float64{1}, FLOPs: 1e9, Bandwidth: 1e10, Core: 1}
	if r.decide(3e8, reading{}); r.Bound.By != "memory" { // the peak could not be measured
		t.Error(r.Verdict())
	}
}
