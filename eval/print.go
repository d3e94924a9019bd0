package eval

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/amdim/amdim/internal/spelling"
)

// numbers is an indented array of numbers and nulls. No string holds a line break.
var (
	numbers = regexp.MustCompile(`\[\n\s+([-+.\deE]+|null)(,\n\s+([-+.\deE]+|null))*\n\s+\]`)
	breaks  = regexp.MustCompile(`\n\s+`)
)

// WriteJSON writes every setting and number, indented, with each array of
// numbers on one line, so that a confusion matrix looks like one.
func (r *Result) WriteJSON(w io.Writer) error {
	return writeJSON(w, r)
}

func writeJSON(w io.Writer, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("eval: result: %w", err)
	}
	text = numbers.ReplaceAllFunc(text, func(array []byte) []byte {
		array = breaks.ReplaceAll(array, []byte(" "))
		return slices.Concat([]byte("["), array[2:len(array)-2], []byte("]"))
	})
	_, err = w.Write(append(text, '\n'))
	return err
}

// Print writes the accuracies as tables of at most 80 columns, and how they were
// measured.
func (r *Result) Print(w io.Writer) error {
	var text bytes.Buffer
	r.printAccuracies(&text)
	r.printIntervals(&text)
	r.printClasses(&text)
	r.printOrigin(&text)
	_, err := io.WriteString(w, spelling.Visible(text.String()))
	return err
}

func newTable(w io.Writer) *tabwriter.Writer {
	return tabwriter.NewWriter(w, 0, 0, 3, ' ', tabwriter.AlignRight)
}

// printAccuracies prints a line per protocol and a column per representation.
func (r *Result) printAccuracies(w io.Writer) {
	representations, protocols := r.Axes()
	t := newTable(w)
	fmt.Fprint(t, "accuracy, %\t")
	for _, name := range representations {
		fmt.Fprintf(t, "%s\t", name)
	}
	fmt.Fprintln(t)
	for _, p := range protocols {
		fmt.Fprintf(t, "%s\t", p)
		for _, name := range representations {
			if row := r.Row(name, p); row.Protocol == "" {
				fmt.Fprint(t, "–\t")
			} else {
				fmt.Fprintf(t, "%v\t", row.Accuracy)
			}
		}
		fmt.Fprintln(t)
	}
	t.Flush()
}

// printIntervals prints a line per protocol for the model.
func (r *Result) printIntervals(w io.Writer) {
	rows := r.ofModel(func(Row) bool { return true })
	if len(rows) == 0 {
		return
	}
	five := slices.ContainsFunc(rows, func(row Row) bool { return row.Top5.Runs != nil })
	alone := slices.ContainsFunc(rows, func(row Row) bool { return row.Alone.Runs != nil })
	t := newTable(w)
	fmt.Fprint(t, "\nmodel, %\t95 % interval\tover\t")
	if five {
		fmt.Fprint(t, "top-5\t")
	}
	if alone {
		fmt.Fprint(t, "no copies\t")
	}
	fmt.Fprintln(t)
	for _, row := range rows {
		over := row.Interval.Over
		if over != OverImages && over != OverHeld {
			over = fmt.Sprintf("%d %s", len(row.Accuracy.Runs), over)
		}
		fmt.Fprintf(t, "%s\t%v\t%s\t", row.Protocol, row.Interval, over)
		if five {
			fmt.Fprintf(t, "%s\t", known(row.Top5))
		}
		if alone {
			fmt.Fprintf(t, "%s\t", known(row.Alone))
		}
		fmt.Fprintln(t)
	}
	t.Flush()
}

// known is a score, or a dash if there is none.
func known(s Score) string {
	if s.Runs == nil {
		return "–"
	}
	return s.String()
}

// ofModel are the rows of the model that are wanted.
func (r *Result) ofModel(wanted func(Row) bool) []Row {
	var rows []Row
	for _, row := range r.Rows {
		if row.Representation == Model && wanted(row) {
			rows = append(rows, row)
		}
	}
	return rows
}

// Matrix is the confusion matrix of the first protocol that has one; ok is
// false if none has.
func (r *Result) Matrix() (c Confusion, protocol string, ok bool) {
	for _, row := range r.ofModel(func(row Row) bool { return row.Confusion != nil }) {
		if c, ok := r.MatrixOf(row.Protocol); ok {
			return c, row.Protocol, true
		}
	}
	return c, "", false
}

// MatrixOf is the confusion matrix of the model under a protocol, such as "knn-20"; ok is
// false if there is none.
func (r *Result) MatrixOf(protocol string) (c Confusion, ok bool) {
	rows := r.Row(Model, protocol).Confusion
	if r.Classes == 0 || len(rows) != r.Classes ||
		slices.ContainsFunc(rows, func(of []int) bool { return len(of) != r.Classes }) {
		return c, false
	}
	return Confusion{r.Classes, slices.Concat(rows...)}, true
}

// Largest is the accuracy of always naming the most frequent class of the test images,
// if that is above guessing; otherwise, or if class sizes are not known, 0.
func (r *Result) Largest() float64 {
	c, _, ok := r.Matrix()
	if !ok {
		return 0
	}
	most, all := 0, 0
	for l := range c.Classes {
		most, all = max(most, c.Images(l)), all+c.Images(l)
	}
	if most*c.Classes <= all {
		return 0
	}
	return float64(most) / float64(all)
}

// Limits on what is printed about the classes.
const (
	mostPrinted  = 10 // classes of a matrix that fits 80 columns
	mostMistakes = 5
	longestClass = 18 // letters of a name
)

// printClasses prints the confusion matrix or, for many classes, the worst ones
// and the most common mistakes.
func (r *Result) printClasses(w io.Writer) {
	c, protocol, ok := r.Matrix()
	if !ok {
		return
	}
	t := newTable(w)
	if c.Classes <= mostPrinted {
		fmt.Fprintf(w, "\n%s, %% of the images of each class (row) taken for each class (column):\n", protocol)
		r.printMatrix(t, c)
	} else {
		fmt.Fprintf(w, "\n%s, the least accurate classes and the most common mistakes:\n", protocol)
		accuracy := c.PerClass()
		var order []int
		for l := range c.Classes {
			if c.Images(l) > 0 {
				order = append(order, l)
			}
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(accuracy[a], accuracy[b]) })
		for _, l := range order[:min(len(order), mostMistakes)] {
			fmt.Fprintf(t, "%s\t%.1f %%\t\t\n", r.className(l), 100*accuracy[l])
		}
		for _, m := range c.Mistakes(mostMistakes) {
			share := 100 * float64(m.Count) / float64(m.Of)
			fmt.Fprintf(t, "%s\t%.1f %%\ttaken for %s\t\n", r.className(m.Label), share, r.className(m.Predicted))
		}
	}
	t.Flush()
}

func (r *Result) printMatrix(t io.Writer, c Confusion) {
	fmt.Fprint(t, "\t")
	for l := range c.Classes {
		fmt.Fprintf(t, "%d\t", l)
	}
	fmt.Fprintln(t)
	for l := range c.Classes {
		fmt.Fprintf(t, "%s %d\t", r.className(l), l)
		for p := range c.Classes {
			if c.Images(l) == 0 {
				fmt.Fprint(t, "–\t")
				continue
			}
			fmt.Fprintf(t, "%.0f\t", 100*float64(c.At(l, p))/float64(c.Images(l)))
		}
		fmt.Fprintln(t)
	}
}

// className is the name of a class, cut if it is long.
func (r *Result) className(label int) string {
	return spelling.Short(r.ClassNames[label], longestClass)
}

func (r *Result) printOrigin(w io.Writer) {
	fmt.Fprintln(w)
	if r.TrainedOn != "" {
		origin := fmt.Sprintf("trained on %s (update %d), evaluated on %s", r.TrainedOn, r.Step, r.Data)
		fmt.Fprintln(w, wrapped(origin, 80))
	}
	fmt.Fprintf(w, "%d %s images, %d train images, %d classes\n",
		r.Test, partOf(r.Validation), r.Train, r.Classes)
	r.printSettings(w)
	if largest := r.Largest(); largest > 0 {
		fmt.Fprintf(w, "naming always the largest class would be right for %.1f %%\n", 100*largest)
	}
	if r.Validation > 0 {
		fmt.Fprintln(w, wrapped(validationNote, 80))
	}
	if over := r.Spread(); over != "" {
		fmt.Fprintf(w, "±: standard deviation over %s\n", over)
	}
	for _, note := range r.Notes {
		fmt.Fprintln(w, wrapped(note, 80))
	}
}

func (r *Result) printSettings(w io.Writer) {
	for _, line := range r.Settings() {
		fmt.Fprintln(w, wrapped(line, 80))
	}
}

// validationNote is printed beneath accuracies on validation images.
const validationNote = "Validation images are train images that the probes did not learn from. The encoder " +
	"may have, without labels. The test images were not used."

// Spread says what ± is taken over; empty if there is none.
func (r *Result) Spread() string {
	var over []string
	switch {
	case r.Folds > 0:
		over = append(over, fmt.Sprintf("%d folds of the train images, a classifier on each", r.Folds))
	case len(r.Config.Seeds) > 1 && (r.Config.has(Linear) || r.Config.has(MLP) || r.Config.has(Paper)):
		over = append(over, fmt.Sprintf("%d probe seeds", len(r.Config.Seeds)))
	}
	if c := r.Config.FewShot; r.Config.has(FewShot) && c.Draws > 1 {
		over = append(over, fmt.Sprintf("%d few-shot draws", c.Draws))
	}
	return strings.Join(over, ", ")
}

// wrapped breaks lines between words so that they have at most width characters.
func wrapped(text string, width int) string {
	return strings.Join(spelling.Wrap(strings.Join(strings.Fields(text), " "), width), "\n")
}
