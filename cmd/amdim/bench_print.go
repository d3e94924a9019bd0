package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/internal/spelling"
	"github.com/amdim/amdim/train/measure"
	"github.com/amdim/amdim/train/plan"
)

// printBench writes the result for people: what was measured, where the time
// goes, and the verdict.
func printBench(w io.Writer, r *measure.Result, ops int) error {
	var b bytes.Buffer
	printHead(&b, r)
	if len(r.Groups) > 0 {
		printGroups(&b, r)
	}
	printOps(&b, r, ops)
	b.WriteString(wrapped(r.Verdict()))
	b.WriteByte('\n')
	for line := range strings.Lines(b.String()) {
		if _, err := fmt.Fprintln(w, strings.TrimRight(line, " \n")); err != nil {
			return err
		}
	}
	return nil
}

func printHead(w io.Writer, r *measure.Result) {
	fmt.Fprintf(w, "%s  %d px, ndf %d, n_rkhs %d, n_depth %d, batch %d; %s, %s\n\n",
		r.Job, r.Px, r.NDF, r.NRKHS, r.NDepth, r.Batch, r.Engine, spelling.Count(r.Threads, "thread"))
	what := "update"
	if r.Unit == "image" {
		what = "batch"
	}
	update := measure.Median(r.Seconds)
	row := func(name, value, note string) { fmt.Fprintf(w, "%-10s%-20s%s\n", name, value, note) }
	row("speed", spelling.Figures(r.Rate)+" "+r.Unit+"s/s", fmt.Sprintf("%s ms per %s, median of %d, %s to %s",
		spelling.Figures(1000*update), what, len(r.Seconds),
		spelling.Figures(1000*slices.Min(r.Seconds)), spelling.Figures(1000*slices.Max(r.Seconds))))
	reach := "the multiply-add peak here could not be measured"
	if r.Peak > 0 {
		reach = fmt.Sprintf("%.1f %% of the multiply-add peak here, %s", 100*r.FLOPS/r.Peak, flops(r.Peak))
	}
	row("products", flops(r.FLOPS), reach)
	held := "not known"
	if r.Memory > 0 {
		held = plan.Bytes(int64(r.Memory))
	}
	row("memory", held, fmt.Sprintf("at most; memory bandwidth %s GB/s", spelling.Figures(r.Bandwidth/1e9)))
	if r.Busy() {
		row("busy", fmt.Sprintf("%.0f %% of %s", 100*r.Core, spelling.Count(r.Threads, "thread")),
			"used: other programs are running, so figures are too low")
	}
	if s := r.Scaling; s != nil {
		row("threads", fmt.Sprintf("%.2f × one thread", s.Step),
			fmt.Sprintf("%d threads, batch %d; multiply-adds alone %.2f ×", r.Threads, s.Batch, s.Peak))
	}
	fmt.Fprintln(w)
}

// printGroups lists what an update is spent on. Times are those of the clock
// with all threads at work: processor time by the number of threads.
func printGroups(w io.Writer, r *measure.Result) {
	var all float64
	for _, g := range r.Groups {
		if g.Name != "data" {
			all += g.Seconds
		}
	}
	if update := measure.Median(r.Seconds); r.Profiled > 1.2*update {
		fmt.Fprintf(w, "while operations are timed, an update takes %s ms, not %s:\n\n",
			spelling.Figures(1000*r.Profiled), spelling.Figures(1000*update))
	}
	fmt.Fprintf(w, "%-24s%9s%8s%25s%12s\n", "where time goes", "ms", "share", "GFLOP/s", "of peak")
	for _, g := range r.Groups {
		share := g.Seconds / all
		ms := spelling.Figures(1000 * g.Seconds / float64(r.Workers))
		fmt.Fprintf(w, "  %-22s%9s%6.1f %%  %-14s", g.Name, ms, 100*share, bar(share, 14))
		if g.FLOPs > 0 {
			rate := float64(g.FLOPs) / g.Seconds * float64(r.Workers)
			of := "–" // the peak could not be measured
			if r.Peak > 0 {
				of = fmt.Sprintf("%.1f %%", 100*rate/r.Peak)
			}
			fmt.Fprintf(w, "%9s%12s", spelling.Figures(rate/1e9), of)
		}
		if g.Name == "data" {
			fmt.Fprint(w, "in parallel, in the loader")
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w)
}

// opRow is an operation with its phases.
type opRow struct {
	name    string
	seconds float64
	rates   map[string]float64 // per second, by phase
}

func printOps(w io.Writer, r *measure.Result, most int) {
	var rows []opRow
	index := map[string]int{}
	var all float64
	for _, o := range r.Ops {
		i, ok := index[o.Op]
		if !ok {
			i = len(rows)
			index[o.Op] = i
			rows = append(rows, opRow{name: o.Op, rates: map[string]float64{}})
		}
		rows[i].seconds += o.Seconds
		all += o.Seconds
		if o.FLOPs > 0 {
			rows[i].rates[o.Phase] = float64(o.FLOPs) / o.Seconds * float64(r.Workers)
		}
	}
	slices.SortStableFunc(rows, func(a, b opRow) int { return cmp.Compare(b.seconds, a.seconds) })
	most = min(most, len(rows))
	if most == 0 {
		return
	}
	var phases []string
	for _, p := range []string{engine.Forward, engine.BackwardData, engine.BackwardWeights, engine.Backward} {
		if slices.ContainsFunc(r.Ops, func(o measure.Op) bool { return o.Phase == p }) {
			phases = append(phases, p)
		}
	}
	fmt.Fprintf(w, "%-24s%9s%8s", "longest operations", "ms", "share")
	for _, p := range phases {
		fmt.Fprintf(w, "%10s", strings.TrimPrefix(p, "backward "))
	}
	fmt.Fprintln(w, "  GFLOP/s")
	for _, o := range rows[:most] {
		ms := spelling.Figures(1000 * o.seconds / float64(r.Workers))
		fmt.Fprintf(w, "  %-22s%9s%6.1f %%", o.name, ms, 100*o.seconds/all)
		for _, p := range phases {
			text := ""
			if f := o.rates[p]; f > 0 {
				text = spelling.Figures(f / 1e9)
			}
			fmt.Fprintf(w, "%10s", text)
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w)
}

// bar is a share of a width, in eighths of a letter.
func bar(share float64, width int) string {
	n := int(min(1, share)*float64(8*width) + 0.5)
	s := strings.Repeat("█", n/8)
	if n%8 > 0 {
		s += string([]rune("▏▎▍▌▋▊▉")[n%8-1])
	}
	return s
}

// flops writes floating-point operations per second.
func flops(x float64) string {
	if x < 1e12 {
		return spelling.Figures(x/1e9) + " GFLOP/s"
	}
	return spelling.Figures(x/1e12) + " TFLOP/s"
}

const sweepColumns = "| %-12s | %5s | %10s | %10s | %9s | %8s | %10s |\n"

func printSweepHead(w io.Writer) {
	fmt.Fprintf(w, sweepColumns, "", "batch", "parameters", "GFLOP/pair", "ms/pair", "GFLOP/s", "memory")
	fmt.Fprintf(w, sweepColumns, "---", "---:", "---:", "---:", "---:", "---:", "---:")
}

func printPoint(w io.Writer, p measure.Point) {
	name := fmt.Sprintf("%s %d", p.Axis, p.Value)
	if p.Base {
		name += " *"
	}
	fmt.Fprintf(w, sweepColumns, name, fmt.Sprint(p.Batch), fmt.Sprintf("%.2f M", float64(p.Params)/1e6),
		spelling.Figures(float64(p.FLOPs)/1e9), spelling.Figures(1000*p.Pair), spelling.Figures(p.FLOPS/1e9),
		plan.Bytes(int64(p.Memory)))
}
