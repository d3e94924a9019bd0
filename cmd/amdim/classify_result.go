package main

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim"
	"github.com/amdim/amdim/classify"
	"github.com/amdim/amdim/data"
)

// classes is the result, as --json prints it.
type classes struct {
	Model      string            `json:"model"`
	Labelled   string            `json:"labelled"`
	Data       string            `json:"data,omitempty"`
	Classes    []string          `json:"classes"`
	LearntFrom int               `json:"learnt_from"` // images
	Estimate   classify.Estimate `json:"cross_validation"`
	Images     []classified      `json:"images"`
	Unreadable []unreadable      `json:"unreadable"`

	set *amdim.Set
	bad []*amdim.Unreadable
}

// classified is an image with its two likeliest classes.
type classified struct {
	Image             string  `json:"image"`
	Class             string  `json:"class"`
	Probability       float64 `json:"probability"`
	Second            string  `json:"second"`
	SecondProbability float64 `json:"second_probability"`
}

// fill classifies the images.
func (r *classes) fill(learnt *amdim.Classifier) error {
	r.Classes, r.LearntFrom, r.Estimate = learnt.Classes, learnt.Images, learnt.Estimate
	order := make([]int, len(r.Classes))
	for i, name := range r.set.Names {
		p, err := learnt.Classify(r.set.Row(i))
		if err != nil {
			return err
		}
		for k := range order {
			order[k] = k
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[b], p[a]) })
		first, second := order[0], order[1]
		r.Images = append(r.Images, classified{name, r.Classes[first], p[first], r.Classes[second], p[second]})
	}
	r.Unreadable = []unreadable{}
	for _, u := range r.bad {
		r.Unreadable = append(r.Unreadable, unreadable{u.Name, data.ReasonOf(u.Err)})
	}
	return nil
}

// tell writes the files and prints the rest.
func (s *classification) tell(c *cobra.Command, r *classes) error {
	noteUnreadable(c.ErrOrStderr(), r.bad, "--json")
	if s.sheet != "" {
		p, err := thumbnailsOf(r.set, "")
		if err != nil {
			return fmt.Errorf("--sheet: %w", err)
		}
		if err := drawSheet(c, s.sheet, p, r.sheet(p)); err != nil {
			return err
		}
	}
	if s.out == "-" {
		if err := r.writeCSV(c.OutOrStdout()); err != nil {
			return err
		}
		return r.print(c.ErrOrStderr())
	}
	if s.out != "" {
		var text bytes.Buffer
		if err := r.writeCSV(&text); err != nil {
			return err
		}
		if err := replaceFile(s.out, text.Bytes()); err != nil {
			return fmt.Errorf("--out: %w", err)
		}
		fmt.Fprintf(c.ErrOrStderr(), "classes: %s\n", s.out)
	}
	if s.json {
		return printJSON(c.OutOrStdout(), r)
	}
	return r.print(c.OutOrStdout())
}

// writeCSV writes a line for each image.
func (r *classes) writeCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	out.Write([]string{"image", "class", "probability", "second", "second_probability"})
	for _, x := range r.Images {
		out.Write([]string{x.Image, x.Class, decimal(x.Probability), x.Second, decimal(x.SecondProbability)})
	}
	out.Flush()
	return out.Error()
}

func decimal(p float64) string { return strconv.FormatFloat(p, 'f', 4, 64) }

// sure is the probability from which an image is counted as certain.
const sure = 0.9

// shownUncertain is how many of the least certain images are listed.
const shownUncertain = 10

// print writes how good the classes are, how many images each has, and which images
// are the least certain.
func (r *classes) print(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%d classes learnt from %s\n", len(r.Classes), counted(r.LearntFrom, "labelled image", "labelled images"))
	if e := r.Estimate; e.Images > 0 {
		fmt.Fprintf(&b, "cross-validation on %d of them: %.1f %% right (95 %% interval %.1f to %.1f);\n"+
			"one answer for all: %.1f %%\n",
			e.Images, 100*e.Accuracy, 100*e.Interval.Low, 100*e.Interval.High, 100*e.Chance)
	} else {
		fmt.Fprintln(&b, "how often it is right is not known: no class has two labelled images")
	}
	t := tabwriter.NewWriter(&b, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "\nclass\timages\tp ≥ %g\t\n", sure)
	for _, class := range r.Classes {
		all, certain := 0, 0
		for _, x := range r.Images {
			if x.Class != class {
				continue
			}
			if all++; x.Probability >= sure {
				certain++
			}
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t\n", printable(class), grouped(all), grouped(certain))
	}
	t.Flush()
	fmt.Fprintln(&b, "\nleast certain, to label next:")
	for _, i := range r.leastCertain(shownUncertain) {
		x := r.Images[i]
		fmt.Fprintf(&b, "%8.2f %s, %.2f %s  %s\n", x.Probability, printable(x.Class),
			x.SecondProbability, printable(x.Second), printable(x.Image))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// byCertainty are the images of a class, or of all if it is empty, the most certain first.
func (r *classes) byCertainty(class string) []int {
	var of []int
	for i, x := range r.Images {
		if class == "" || x.Class == class {
			of = append(of, i)
		}
	}
	slices.SortStableFunc(of, func(a, b int) int {
		return cmp.Compare(r.Images[b].Probability, r.Images[a].Probability)
	})
	return of
}

// leastCertain are the n images with the lowest probability, the lowest first.
func (r *classes) leastCertain(n int) []int {
	of := r.byCertainty("")
	slices.Reverse(of)
	return of[:min(n, len(of))]
}
