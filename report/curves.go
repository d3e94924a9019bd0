package report

import (
	"maps"
	"slices"

	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/train"
)

// Curves returns the charts of a run: its losses, the probes that learn alongside
// the encoder if images are labelled (classes above 0), and what a mixture tells.
// Without records there are none.
func Curves(records []train.Record, classes int) []Chart {
	if len(records) == 0 {
		return nil
	}
	records = thin(records)
	charts := []Chart{losses(records)}
	if c := probes(records, classes); len(c.Series) > 0 {
		charts = append(charts, c)
	}
	if c := information(records); len(c.Series) > 0 {
		charts = append(charts, c)
	}
	return charts
}

// mostPoints is how many points a curve is drawn with: more do not fit into its width.
const mostPoints = 400

// thin keeps about mostPoints records, evenly, and the last.
func thin(records []train.Record) []train.Record {
	stride := (len(records) + mostPoints - 1) / mostPoints
	if stride <= 1 {
		return records
	}
	var kept []train.Record
	for i := (len(records) - 1) % stride; i < len(records); i += stride {
		kept = append(kept, records[i])
	}
	return kept
}

// losses shows each contrastive loss below the value at which nothing is learnt.
func losses(records []train.Record) Chart {
	c := Chart{Title: "Contrastive losses, nats; dotted: log N, chance", X: "update"}
	for _, pair := range slices.Sorted(maps.Keys(records[0].Tasks)) {
		s := Series{Name: model.Arrow(pair), Level: records[0].Tasks[pair].Ceiling}
		for _, r := range records {
			s.X, s.Y = append(s.X, float64(r.Step)), append(s.Y, r.Tasks[pair].Loss)
		}
		c.Series = append(c.Series, s)
	}
	return c
}

// information shows how much a location tells about its component; 0 is a collapse.
func information(records []train.Record) Chart {
	c := Chart{Title: "Information of the mixture, nats; dotted: log k, the most", X: "update"}
	for _, choice := range Choices(records) {
		s := Series{Name: choice.Name(), Level: choice.Ceiling()}
		for _, r := range records {
			if mix := r.Tasks[choice.Task].Mix; mix != nil {
				s.X, s.Y = append(s.X, float64(r.Step)), append(s.Y, mix.Information)
			}
		}
		c.Series = append(c.Series, s)
	}
	return c
}

// probes shows the classifiers that learn alongside the encoder; a record without any
// label has none.
func probes(records []train.Record, classes int) Chart {
	c := Chart{Title: "Online probes on train views, %; dotted: chance", X: "update", Top: 100}
	for _, name := range train.ProbeNames {
		s := Series{Name: name, Level: 100 / float64(max(classes, 1))}
		for _, r := range records {
			if p, ok := r.Probes[name]; ok {
				s.X, s.Y = append(s.X, float64(r.Step)), append(s.Y, 100*p.Accuracy)
			}
		}
		if len(s.X) > 0 {
			c.Series = append(c.Series, s)
		}
	}
	return c
}
