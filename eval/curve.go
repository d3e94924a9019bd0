package eval

import (
	"bytes"
	"fmt"
	"io"
)

// Point is a model at some point of its training.
type Point struct {
	Epoch   float64 `json:"epoch"`   // epochs made
	Minutes float64 `json:"minutes"` // of training until then
	Result  *Result `json:"result"`
}

// Curve is a training run as points, the earliest first.
type Curve []Point

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
