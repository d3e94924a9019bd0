package eval

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
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
	Model       string       `json:"model"` // the run or checkpoint
	Step        int          `json:"step"`  // updates that the model had made
	Data        string       `json:"data"`  // the spec
	Network     model.Config `json:"network"`
	Config      Config       `json:"config"`
	Engine      string       `json:"engine"`
	ProbeEngine string       `json:"probe_engine"`
	Train       int          `json:"train_images"`
	Test        int          `json:"test_images"`
	Classes     int          `json:"classes"`
	Frozen      Frozen       `json:"frozen"`
	Rows        []Row        `json:"rows"`
	Seconds     float64      `json:"seconds"`
}

// ReadResult reads a Result that was written as JSON.
func ReadResult(text []byte) (*Result, error) {
	var r Result
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, fmt.Errorf("eval: result: %w", err)
	}
	if len(r.Rows) == 0 || r.Classes < 1 {
		return nil, fmt.Errorf("eval: result: %d rows for %d classes: not the result of an evaluation",
			len(r.Rows), r.Classes)
	}
	return &r, nil
}

// Frozen proves that no protocol changed the encoder: hashes over its weights
// and BatchNorm statistics, after the refresh and after the last protocol.
type Frozen struct {
	Before string `json:"sha256_before"`
	After  string `json:"sha256_after"`
}

// Row is one representation under one protocol.
type Row struct {
	Representation string  `json:"representation"`
	Dim            int     `json:"dim"`
	Protocol       string  `json:"protocol"` // "linear", "mlp", "knn-200"
	Accuracy       Score   `json:"accuracy"`
	Seconds        float64 `json:"seconds"`
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

// time adds what has passed since start to the time of the evaluation.
func (r *Result) time(start time.Time) { r.Seconds += time.Since(start).Seconds() }

// Axes are the representations, the model first, and the protocols.
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

// Print writes the accuracies as a table, one line per representation.
func (r *Result) Print(w io.Writer) error {
	representations, protocols := r.Axes()
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "accuracy, %\t")
	for _, p := range protocols {
		fmt.Fprintf(t, "%s\t", p)
	}
	fmt.Fprintln(t)
	for _, name := range representations {
		fmt.Fprintf(t, "%s\t", name)
		for _, p := range protocols {
			fmt.Fprintf(t, "%v\t", r.Row(name, p).Accuracy)
		}
		fmt.Fprintln(t)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%d test images, %d train images, %d classes; "+
		"%d probe seeds, mean ± standard deviation; last epoch\n",
		r.Test, r.Train, r.Classes, len(r.Config.Seeds))
	return err
}
