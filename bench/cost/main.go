package main

import (
	"flag"
	"fmt"
	"math"
	"os"
	"strings"

	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/spelling"
)

// rows are the jobs of the tables: the presets' batch, the nearest that 64 GPUs divide, and
// one that leaves each of them as many images as 8 have.
var rows = []struct{ gpus, batch int }{{1, 480}, {8, 480}, {64, 512}, {64, 3840}}

const (
	images  = 1_281_167
	classes = 1000
)

func main() {
	share := flag.Float64("share", 0.40, "of the peak that products reach")
	flag.Parse()
	if *share <= 0 || *share > 1 {
		fmt.Fprintln(os.Stderr, "cost: -share: need a number in (0, 1]")
		os.Exit(2)
	}
	var jobs []job
	for _, preset := range []string{"small", "large"} {
		for _, r := range rows {
			j, err := newJob(preset, r.gpus, r.batch)
			if err != nil {
				fmt.Fprintln(os.Stderr, "cost:", err)
				os.Exit(1)
			}
			jobs = append(jobs, j)
		}
	}
	fmt.Printf("One update at %g %% of the peak, milliseconds\n\n", 100**share)
	updates(jobs, *share)
	fmt.Print("\nGPU-hours\n\n")
	hours(jobs, *share)
	fmt.Print("\nMemory per GPU, GB; messages of an update, MB; the host\n\n")
	memory(jobs, *share)
}

func newJob(preset string, gpus, batch int) (job, error) {
	c, err := config.Preset("imagenet-" + preset)
	if err != nil {
		return job{}, err
	}
	var p [3]*graph.Program // of the whole batch, of a GPU's share, of a batch that fills a GPU
	for i, pairs := range []int{batch, batch / gpus, 480} {
		if p[i], err = c.Model.Pretrain(classes).Bind(2*pairs, 0, 0); err != nil {
			return job{}, err
		}
	}
	return job{
		preset: preset, gpus: gpus, batch: batch, each: batch / gpus, network: measure(p[1]),
		flops: float64(p[0].Cost().Train) / float64(batch), fill: fill(p[1]) / fill(p[2]),
	}, nil
}

func updates(jobs []job, share float64) {
	head("each", "products", "weights", "copies", "antecedents", "gradients (not hidden)", "small", "**update**",
		"pairs/s")
	for _, j := range jobs {
		u := j.update(share)
		j.row(fmt.Sprint(j.each), ms(u.products), ms(u.weights), ms(u.copies), ms(u.antecedents),
			fmt.Sprintf("%s (%s)", ms(u.gradients), ms(u.late)), ms(u.small), "**"+ms(u.all())+"**",
			grouped(float64(j.batch)/u.all()))
	}
}

func hours(jobs []job, share float64) {
	at := fmt.Sprintf("%g %%", 100*share)
	head("50 epochs: 20 %", at, "50 %", "150 epochs: 20 %", at, "50 %", "hours at "+at+": 50 epochs", "150")
	for _, j := range jobs {
		var cells []string
		for _, epochs := range []float64{50, 150} {
			for _, s := range []float64{0.2, share, 0.5} {
				cells = append(cells, fmt.Sprintf("%.1f", epochs*j.epoch(s)*float64(j.gpus)))
			}
		}
		j.row(append(cells, fmt.Sprintf("%.1f", 50*j.epoch(share)), fmt.Sprintf("%.1f", 150*j.epoch(share)))...)
	}
}

func memory(jobs []job, share float64) {
	gb := func(x float64) string { return fmt.Sprintf("%.1f", x/1e9) }
	head("weights", "activations", "operands", "scores", "**in all**", "antecedents", "gradients",
		"cores per GPU: JPEG", "packed", "read GB/s per host: JPEG", "packed")
	for _, j := range jobs {
		m, travels := j.memory(), "–"
		if j.gpus > 1 {
			travels = fmt.Sprintf("%.1f", j.travels()/1e6)
		}
		j.row(gb(m.weights), gb(m.activations), gb(m.wide), gb(m.scores), fmt.Sprintf("**%.0f**", m.all()/1e9),
			travels, grouped(4*j.parameters/1e6), fmt.Sprintf("%.1f", j.cores(share, true)),
			fmt.Sprintf("%.2f", j.cores(share, false)), fmt.Sprintf("%.2f", j.reads(share, jpegBytes)/1e9),
			fmt.Sprintf("%.2f", j.reads(share, packedBytes)/1e9))
	}
}

func head(columns ...string) {
	columns = append([]string{"preset", "GPUs", "batch"}, columns...)
	fmt.Printf("| %s |\n|%s\n", strings.Join(columns, " | "), strings.Repeat("---|", len(columns)))
}

func (j job) row(cells ...string) {
	fmt.Printf("| %s | %d | %s | %s |\n",
		j.preset, j.gpus, spelling.Grouped(j.batch), strings.Join(cells, " | "))
}

// ms is three digits of a time in seconds.
func ms(t float64) string {
	if t >= 0.01 {
		return fmt.Sprintf("%.3g", 1e3*t)
	}
	return fmt.Sprintf("%.1f", 1e3*t)
}

func grouped(x float64) string { return spelling.Grouped(int(math.Round(x))) }
