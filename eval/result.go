package eval

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/amdim/amdim/model"
)

// Representations, as named in results.
const (
	Model         = "model"
	RandomEncoder = "random encoder"
	RawPixels     = "raw pixels"
)

// Result is an evaluation with everything that is needed to repeat it.
type Result struct {
	Model       string       `json:"model"`                // the run or checkpoint
	Step        int          `json:"step"`                 // updates that the model had made
	TrainedOn   string       `json:"trained_on,omitempty"` // the spec of the data that the model learnt from
	Data        string       `json:"data"`                 // the spec of what it is evaluated on
	Network     model.Config `json:"network"`
	Config      Config       `json:"config"`
	Engine      string       `json:"engine"`
	ProbeEngine string       `json:"probe_engine"`
	Train       int          `json:"train_images"`
	Test        int          `json:"test_images"`
	Validation  float64      `json:"validation,omitempty"`   // share of train images held out; 0: test images
	TrainDigest string       `json:"train_digest,omitempty"` // of data
	TestDigest  string       `json:"test_digest,omitempty"`

	// Contents of the data, where the digests do not cover them: of files that were written
	// anew in the same size they are others.
	TrainContents string `json:"train_contents,omitempty"`
	TestContents  string `json:"test_contents,omitempty"`

	Classes    int      `json:"classes"`
	ClassNames []string `json:"class_names,omitempty"`
	Folds      int      `json:"folds,omitempty"` // one classifier on each; 0: on all train images
	Copies     Copies   `json:"near_copies,omitzero"`
	Frozen     Frozen   `json:"frozen"`
	Rows       []Row    `json:"rows"`
	Notes      []string `json:"notes,omitempty"` // on what a reader might otherwise take for granted
	Seconds    float64  `json:"seconds"`
}

// ReadResult reads a Result that was written as JSON.
func ReadResult(text []byte) (*Result, error) {
	var r Result
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, fmt.Errorf("eval: result: %w", err)
	}
	if r.empty() {
		return nil, fmt.Errorf("eval: result: %d rows for %d classes with %d names: "+
			"not the result of an evaluation", len(r.Rows), r.Classes, len(r.ClassNames))
	}
	return &r, nil
}

// empty reports whether r is that of no evaluation.
func (r *Result) empty() bool {
	return len(r.Rows) == 0 || r.Classes < 1 || len(r.ClassNames) != r.Classes
}

// Frozen proves that no protocol changed the encoder: hashes over its weights
// and BatchNorm statistics, after the refresh and after the last protocol, and one
// over its weights alone, which are all that stays fixed under the protocol paper.
type Frozen struct {
	Before  string `json:"sha256_before"` // empty for paper alone, as is After
	After   string `json:"sha256_after"`
	Weights string `json:"sha256_weights"`
}

// or is f, with what it lacks taken from g.
func (f Frozen) or(g Frozen) Frozen {
	return Frozen{cmp.Or(f.Before, g.Before), cmp.Or(f.After, g.After), f.Weights}
}

// agrees reports whether all hashes that both have are equal.
func (f Frozen) agrees(g Frozen) bool { return f.or(g) == g.or(f) }

// Row is one representation under one protocol.
type Row struct {
	Representation string   `json:"representation"`
	Dim            int      `json:"dim"`
	Protocol       string   `json:"protocol"` // "linear", "mlp", "knn-200", "few-shot-5", "few-shot-5-mean"
	Accuracy       Score    `json:"accuracy"`
	Interval       Interval `json:"interval_95,omitzero"`
	Top5           Score    `json:"top5,omitzero"`       // with more than five classes
	Alone          Score    `json:"no_copies,omitzero"`  // of the model, on images without near copies
	PerClass       Shares   `json:"per_class,omitempty"` // accuracy on the images of a class
	Confusion      [][]int  `json:"confusion,omitempty"` // (label, prediction), summed over runs; for the model
	Seconds        float64  `json:"seconds"`
	Command        string   `json:"command,omitempty"` // that measured it, as typed, where there was one

	// ProbeBatch is the batch of linear and mlp of raw pixels, where that of Config was fitted
	// to the features of the network; else 0.
	ProbeBatch int `json:"probe_batch,omitempty"`
}

// Commands are the command lines that measured r's rows, each once; none unless that is
// known of all rows.
func (r *Result) Commands() []string {
	var all []string
	for _, row := range r.Rows {
		if row.Command == "" {
			return nil
		}
		if !slices.Contains(all, row.Command) {
			all = append(all, row.Command)
		}
	}
	return all
}

// Row is the row of a representation under a protocol; the zero Row if absent.
func (r *Result) Row(representation, protocol string) Row {
	for _, row := range r.Rows {
		if row.Representation == representation && row.Protocol == protocol {
			return row
		}
	}
	return Row{}
}

// add adds the rows of a protocol.
func (e *Evaluation) add(r *Result, rows []Row, representation string, dim int) {
	for _, row := range rows {
		row.Representation, row.Dim, row.Command = representation, dim, e.Command
		if representation != Model || strings.HasPrefix(row.Protocol, FewShot) {
			row.Confusion = nil // with 1000 classes a million numbers
		}
		r.Rows = append(r.Rows, row)
	}
}

// time adds the time since start to that of the evaluation.
func (r *Result) time(start time.Time) { r.Seconds += time.Since(start).Seconds() }

// Axes returns the representations, the model first, and the protocols.
func (r *Result) Axes() (representations, protocols []string) {
	for _, name := range []string{Model, RandomEncoder, RawPixels} {
		if slices.ContainsFunc(r.Rows, func(row Row) bool { return row.Representation == name }) {
			representations = append(representations, name)
		}
	}
	for _, row := range r.Rows {
		if !slices.Contains(protocols, row.Protocol) {
			protocols = append(protocols, row.Protocol)
		}
	}
	return representations, protocols
}
