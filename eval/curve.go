package eval

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
)

// Point is a model at some point of its training.
type Point struct {
	Epoch   float64 `json:"epoch"`   // epochs made
	Minutes float64 `json:"minutes"` // of training until then
	Result  *Result `json:"result"`
}

// Curve is a training run as points, the earliest first.
type Curve []Point

// ReadCurve reads a Curve that was written as JSON.
func ReadCurve(text []byte) (*Curve, error) {
	var c Curve
	if err := json.Unmarshal(text, &c); err != nil {
		return nil, fmt.Errorf("eval: curve: %w", err)
	}
	bad := func(p Point) bool { return p.Result == nil || p.Result.empty() }
	if len(c) == 0 || slices.ContainsFunc(c, bad) {
		return nil, errors.New("eval: curve: no points, or one without a result: not the curve of an evaluation")
	}
	return &c, nil
}

// WriteJSON writes every setting and number but the confusion matrices: with 1000 classes
// they are a million numbers for each row of each point, and the last state's are in its
// own result.
func (c Curve) WriteJSON(w io.Writer) error {
	short := slices.Clone(c)
	for i, p := range short {
		r := *p.Result
		r.Rows = slices.Clone(r.Rows)
		for j := range r.Rows {
			r.Rows[j].Confusion = nil
		}
		short[i].Result = &r
	}
	return writeJSON(w, short)
}

// Replaces reports whether c is an earlier curve measured again: each of its points under
// all its protocols, with the same settings on the same images.
func (c Curve) Replaces(earlier Curve) bool {
	return !slices.ContainsFunc(earlier, func(q Point) bool {
		return !slices.ContainsFunc(c, func(p Point) bool { return p.Result.repeats(q.Result) })
	})
}

// repeats reports whether r has all that an earlier result says of the model.
func (r *Result) repeats(earlier *Result) bool {
	for _, p := range earlier.Config.Protocols {
		if !r.Config.has(p) || !reflect.DeepEqual(r.Config.of(p), earlier.Config.of(p)) {
			return false
		}
	}
	return r.sameTask(earlier)
}

// Print writes the accuracies of the model against epochs and time, and the results' notes.
func (c Curve) Print(w io.Writer) error {
	var protocols []string
	for _, p := range c {
		_, protocols = p.Result.Axes() // the same in every point
	}
	t := newTable(w)
	fmt.Fprint(t, "epoch\tupdates\tminutes\t")
	for _, p := range protocols {
		fmt.Fprintf(t, "%s, %%\t", p)
	}
	fmt.Fprintln(t)
	for _, p := range c {
		fmt.Fprintf(t, "%.4g\t%d\t%.1f\t", p.Epoch, p.Result.Step, p.Minutes)
		for _, protocol := range protocols {
			fmt.Fprintf(t, "%v\t", p.Result.Row(Model, protocol).Accuracy)
		}
		fmt.Fprintln(t)
	}
	if err := t.Flush(); err != nil || len(c) == 0 {
		return err
	}
	var below bytes.Buffer
	var results []*Result
	for _, p := range c {
		results = append(results, p.Result)
	}
	if first := results[0]; first.Validation > 0 {
		fmt.Fprintf(&below, "%d validation images, %d train images\n%s\n",
			first.Test, first.Train, wrapped(validationNote, 80))
	}
	results[0].printSettings(&below) // the same in every point
	if err := WriteNotes(&below, results); err != nil || below.Len() == 0 {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%s", below.Bytes())
	return err
}
