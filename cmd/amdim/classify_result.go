package main

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim"
	"github.com/amdim/amdim/classify"
	"github.com/amdim/amdim/internal/durable"
	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/internal/spelling"
)

// classification is the result, as --json prints it.
type classification struct {
	Model      string            `json:"model"`
	Labelled   string            `json:"labelled,omitempty"`
	Classifier string            `json:"classifier,omitempty"`
	Data       string            `json:"data,omitempty"`
	Index      string            `json:"index,omitempty"`
	Classes    []string          `json:"classes"`
	LearntFrom int               `json:"learnt_from"` // images
	Estimate   classify.Estimate `json:"cross_validation,omitzero"`
	Images     []classified      `json:"images"`
	Unreadable []unreadable      `json:"unreadable"`

	UnreadableLabelled []unreadable `json:"unreadable_labelled"`

	Conflicts []classify.Conflict `json:"conflicts,omitempty"` // of the labelled images

	learnt *amdim.Classifier
	set    *amdim.Set // of the images; nil: there are none
}

// classified is an image with its two likeliest classes. One that is among the labelled
// images has the class that it was given, unless it was given several.
type classified struct {
	Image             string  `json:"image"`
	Class             string  `json:"class"`
	Probability       float64 `json:"probability"`
	Second            string  `json:"second"`
	SecondProbability float64 `json:"second_probability"`
	Labelled          bool    `json:"labelled"`
}

// fill classifies the images, except those that are among the examples.
func (r *classification) fill(ctx context.Context, examples amdim.Examples, threads int) error {
	r.Classes, r.LearntFrom, r.Estimate = r.learnt.Classes, r.learnt.Images, r.learnt.Estimate
	r.Conflicts = r.learnt.Conflicts
	if r.set == nil {
		r.Images = []classified{}
		return nil
	}
	given := givenClasses(examples)
	r.Images = make([]classified, r.set.Len())
	errs := make([]error, len(r.Images))
	pool := parallel.New(threads)
	defer pool.Close()
	pool.For(len(r.Images), func(_, i int) {
		if errs[i] = ctx.Err(); errs[i] != nil {
			return
		}
		name, v := r.set.Names[i], r.set.Row(i)
		if class, ok := given[r.set.Key(i)]; ok {
			r.Images[i] = classified{Image: name, Class: class, Probability: 1, Labelled: true}
			return
		}
		var p []float64
		if p, errs[i] = r.learnt.Classify(v); errs[i] == nil {
			first, second := likeliest(p)
			r.Images[i] = classified{name, r.Classes[first], p[first], r.Classes[second], p[second], false}
		}
	})
	return cmp.Or(errs...)
}

// givenClasses are the classes by vector: the same image has the same vector. One that was
// given several has none.
func givenClasses(examples amdim.Examples) map[string]string {
	given, several := map[string]string{}, map[string]bool{}
	for i, l := range examples.Labels {
		key, class := examples.Set.Key(i), examples.Classes[l]
		if was, ok := given[key]; ok && was != class {
			several[key] = true
		}
		given[key] = class
	}
	for key := range several {
		delete(given, key)
	}
	return given
}

// likeliest are the two classes with the highest probabilities, of equal ones the first.
func likeliest(p []float64) (first, second int) {
	first, second = 0, 1
	if p[1] > p[0] {
		first, second = 1, 0
	}
	for k := 2; k < len(p); k++ {
		switch {
		case p[k] > p[first]:
			first, second = k, first
		case p[k] > p[second]:
			second = k
		}
	}
	return first, second
}

// tell writes the files, the sheet last, and prints the rest.
func (s *classifying) tell(c *cobra.Command, r *classification) error {
	if err := errors.Join(s.save(c, r), s.write(c, r)); err != nil {
		return err
	}
	p, err := s.sheet.open(r.set)
	if err == nil && p != nil {
		err = s.sheet.draw(c, p, r.sheet(p))
	}
	if err != nil {
		return err
	}
	switch {
	case s.json:
		return printJSON(c.OutOrStdout(), r)
	case s.out == "-":
		return r.print(c.ErrOrStderr())
	}
	return r.print(c.OutOrStdout())
}

// save keeps the classifier, where that is asked for.
func (s *classifying) save(c *cobra.Command, r *classification) error {
	if s.keep == "" {
		return nil
	}
	if err := r.learnt.Save(s.keep); err != nil {
		return fmt.Errorf("--keep-classifier: %w", err)
	}
	fmt.Fprintf(c.ErrOrStderr(), "classifier: %s\n", s.keep)
	return nil
}

func (s *classifying) write(c *cobra.Command, r *classification) error {
	switch s.out {
	case "":
		return nil
	case "-":
		return r.writeCSV(c.OutOrStdout())
	}
	if err := durable.Replace(s.out, r.writeCSV); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	fmt.Fprintf(c.ErrOrStderr(), "classes: %s\n", s.out)
	return nil
}

// writeCSV writes a line for each image.
func (r *classification) writeCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	out.Write([]string{"image", "class", "probability", "second", "second_probability", "labelled"})
	for _, x := range r.Images {
		out.Write([]string{
			x.Image, x.Class, decimal(x.Probability), x.Second, decimal(x.SecondProbability),
			strconv.FormatBool(x.Labelled),
		})
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
func (r *classification) print(w io.Writer) error {
	var b strings.Builder
	printEstimate(&b, len(r.Classes), r.LearntFrom, r.Estimate)
	if r.set != nil {
		r.printCounts(&b)
	}
	if least := r.leastCertain(shownUncertain); len(least) > 0 {
		fmt.Fprintln(&b, "\nleast certain:")
		for _, i := range least {
			x := r.Images[i]
			fmt.Fprintf(&b, "%8.2f %s, %.2f %s  %s\n", x.Probability, shortClass(x.Class),
				x.SecondProbability, shortClass(x.Second), spelling.Printable(x.Image))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (r *classification) printCounts(b *strings.Builder) {
	all, certain, labelled := map[string]int{}, map[string]int{}, 0
	for _, x := range r.Images {
		if x.Labelled {
			labelled++
			continue
		}
		if all[x.Class]++; x.Probability >= sure {
			certain[x.Class]++
		}
	}
	fmt.Fprintf(b, "\n%s classified", spelling.Count(len(r.Images)-labelled, "image"))
	if labelled > 0 {
		fmt.Fprintf(b, "; %s among the labelled ones keep their class", spelling.Grouped(labelled))
	}
	fmt.Fprintln(b)
	t := tabwriter.NewWriter(b, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "class\timages\tp ≥ %g\t\n", sure)
	for _, class := range r.Classes {
		fmt.Fprintf(t, "%s\t%s\t%s\t\n",
			shortClass(class), spelling.Grouped(all[class]), spelling.Grouped(certain[class]))
	}
	t.Flush()
	fmt.Fprintln(b, "an image of none of these classes counts as one of them: give such images a class")
}

// longestClass is how many letters of a class are printed.
const longestClass = 24

// shortClass is the name of a class for a table.
func shortClass(name string) string { return spelling.Short(name, longestClass) }

// byCertainty are the images that were classified, the most certain first.
func (r *classification) byCertainty() []int {
	var order []int
	for i, x := range r.Images {
		if !x.Labelled {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(r.Images[b].Probability, r.Images[a].Probability)
	})
	return order
}

// leastCertain are the n images with the lowest probability, the lowest first, and of
// copies one.
func (r *classification) leastCertain(n int) []int {
	var least []int
	seen := map[string]bool{}
	for _, i := range slices.Backward(r.byCertainty()) {
		key := r.set.Key(i)
		if len(least) == n {
			break
		}
		if !seen[key] {
			least = append(least, i)
		}
		seen[key] = true
	}
	return least
}
