package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/spelling"
	"github.com/amdim/amdim/train"
	"github.com/amdim/amdim/train/plan"
)

// printHead says what the checkpoint is of.
func (f inspection) printHead(w io.Writer) {
	m := f.Meta
	fmt.Fprintf(w, "checkpoint  %s, %s, SHA-256 %.12s…\n", f.Path, plan.Bytes(f.Bytes), f.SHA256)
	fmt.Fprintf(w, "counters    %s made: epoch %d finished, then batch %d; seed %d%s\n",
		spelling.Count(m.Step, "update"), m.Epoch, m.Batch, m.Seed, f.progress())
	labels := "unlabelled"
	if m.Data.Classes > 0 {
		labels = fmt.Sprintf("%d classes", m.Data.Classes)
	}
	if m.Data.Quarantined > 0 {
		labels += fmt.Sprintf(", %d more left out by a quarantine list", m.Data.Quarantined)
	}
	if m.Data.Images == 0 {
		fmt.Fprintln(w, "data        not recorded: the network was imported")
	} else {
		fmt.Fprintf(w, "data        %s: %s, %s, digest %.12s…\n",
			m.Data.Spec, spelling.Count(m.Data.Images, "image"), labels, m.Data.Digest)
	}
	for _, o := range m.Origins() {
		fmt.Fprintf(w, "began with  weights SHA-256 %.12s… after %s of %s%s\n",
			o.Checksum, spelling.Count(o.Step, "update"), o.Learnt(), random(o))
	}
	p := m.Preprocessing
	fmt.Fprintf(w, "images      shorter side resized to %d, centre cut to %d×%d, mean %.4g, std %.4g\n",
		max(p.Resize, p.Size), p.Size, p.Size, p.Mean, p.Std)
	fmt.Fprintf(w, "made by     code %s, engine %s, random streams version %d\n", m.Code, m.Engine, m.RNG)
	f.printConfig(w)
	fmt.Fprintf(w, "tensors     %d: %s numbers in weights and statistics, %s in Adam's moments and counts\n",
		len(f.Tensors), spelling.Grouped(f.Weights), spelling.Grouped(f.Moments))
}

// progress says how much of the run is made, where the settings tell.
func (f inspection) progress() string {
	text := ""
	var c struct {
		Train train.Config `json:"train"`
	}
	if f.Moments > 0 && json.Unmarshal(f.Meta.Config, &c) == nil && c.Train.Epochs > 0 {
		text = fmt.Sprintf("; the run has %s", spelling.Count(c.Train.Epochs, "epoch"))
		for _, s := range slices.Backward(f.Meta.Schedules) {
			text += fmt.Sprintf(", had %v", s)
		}
	}
	if f.Records > 0 {
		text += fmt.Sprintf(", %s in metrics.jsonl", spelling.Count(f.Records, "line"))
	}
	return text
}

// random says which parts began with random weights.
func random(o *checkpoint.Origin) string {
	if o.Random == nil {
		return ""
	}
	return "; at random: " + strings.Join(o.Random, ", ")
}

// mostSettings is how much of a group of settings is shown; a policy may be long.
const mostSettings = 2000

// printConfig writes the settings, a group per line.
func (f inspection) printConfig(w io.Writer) {
	head := "config"
	groups := json.NewDecoder(bytes.NewReader(f.Meta.Config))
	if _, err := groups.Token(); err != nil {
		return
	}
	for groups.More() {
		name, err := groups.Token()
		var value json.RawMessage
		if err != nil || groups.Decode(&value) != nil {
			return
		}
		if string(value) == `""` {
			continue // the engine's choice
		}
		if len(value) > mostSettings {
			value = fmt.Appendf(nil, "%.*s… %d bytes in all", mostSettings, value, len(value))
		}
		fmt.Fprintf(w, "%-12s%v %s\n", head, name, value)
		head = ""
	}
}

// printTensors lists the weights and, with all, Adam's entries.
func (i inspect) printTensors(b *bytes.Buffer, f inspection) {
	b.WriteByte('\n')
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "shape\tnumbers\tmean\tstd\tmin\tmax\t tensor")
	if i.digests {
		fmt.Fprint(t, ", SHA-256")
	}
	fmt.Fprintln(t)
	hidden := 0
	for _, s := range f.Tensors {
		if graph.IsSlot(s.Name) && !i.all {
			hidden++
			continue
		}
		var shape []string
		for _, d := range s.Shape {
			shape = append(shape, fmt.Sprint(d))
		}
		fmt.Fprintf(t, "%s\t%s\t%.3g\t%.3g\t%.3g\t%.3g\t %s", strings.Join(shape, "×"), spelling.Grouped(s.Count),
			s.Mean, s.Std, s.Min, s.Max, s.Name)
		if i.digests {
			fmt.Fprintf(t, "  %s", s.Digest)
		}
		if s.NonFinite > 0 {
			fmt.Fprintf(t, "  %s at index %d, %d not finite", s.Bad, s.FirstBad, s.NonFinite)
		}
		fmt.Fprintln(t)
	}
	t.Flush()
	if hidden > 0 {
		fmt.Fprintf(b, "%s of Adam not listed: --all lists them\n", spelling.Count(hidden, "tensor"))
	}
}

// printNetwork lists the operations of the encoder.
func (f inspection) printNetwork(w io.Writer) error {
	c, err := config.Of(f.Meta)
	if err != nil {
		return fmt.Errorf("inspect: %s: its settings describe no valid network: %w", f.Path, err)
	}
	p, err := c.Model.Encode("f1", "f5", "f7").Bind(1, 0, 0)
	if err != nil {
		return fmt.Errorf("inspect: %s: %w", f.Path, err)
	}
	cost := p.Cost()
	fmt.Fprintf(w, "encoder     %s parameters, %s MFLOP for an image\n\n", spelling.Grouped(cost.Parameters),
		spelling.Figures(float64(cost.Forward)/1e6))
	return p.Print(w)
}

// printVerdict says what was checked and what is wrong.
func (f inspection) printVerdict(w io.Writer) {
	fmt.Fprintln(w)
	for _, fault := range f.Faults {
		fmt.Fprintf(w, "wrong: %s\n", fault)
	}
	if len(f.Faults) == 0 {
		fmt.Fprintf(w, `sound: the checksum is right, all %s numbers are finite, the tensors are those
       of the network, and counters and preprocessing agree with data and settings
`, spelling.Grouped(f.Weights+f.Moments))
	}
}
