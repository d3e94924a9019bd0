package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim"
	"github.com/amdim/amdim/embedding"
	"github.com/amdim/amdim/internal/spelling"
)

// search is the command's flags.
type search struct {
	engine            engineFlags
	index, model      string
	queries, names    []string
	k                 int
	duplicates        bool
	threshold         float32
	typical           int // 0: not asked
	sheet             sheetFlags
	precision         string
	json              bool
	changedK, changed bool // -k, --threshold were given
	asksTypical       bool // --typical was given
}

func searchCommand() *cobra.Command {
	var s search
	c := &cobra.Command{
		Use:   "search --index FILE {--model RUN IMAGE… | --name NAME | --duplicates | --typical N}",
		Short: "Find similar images, near-duplicates, or those to label first",
		Long: `Find images that look alike among those that amdim embed turned into vectors.

A query is an image file, which --model turns into a vector, or the --name of an
image in the index, which needs no model. Images are compared by the cosine of
their vectors, each dimension standardised over the index: 1 is the same, about 0 is
unrelated. That means little with fewer than some hundred images in the index.

--duplicates lists groups of images that are connected by pairs with a cosine of at
least --threshold. Every image is compared with every other: a minute or two on one
core for 100,000 images.

--typical chooses N images that together show what the index holds: it is divided into
N groups of images that look alike, and of each the image in its middle is listed, with
the size of the group. Label these first: see amdim classify.

--sheet draws the result as a contact sheet, PNG or HTML by the ending of its name.

The exit code is 1 if a query could not be read; those that could are answered.`,
		Example: `  amdim embed --model runs/photos --data folder:photos --out photos.npy
  amdim search --index photos.npy --model runs/photos cat.jpg --sheet near.png
  amdim search --index photos.npy --name holiday/0017.jpg -k 20 --json
  amdim search --index photos.npy --duplicates --threshold 0.8 --sheet two.html
  amdim search --index photos.npy --typical 40 --sheet first.html`,
		RunE: func(c *cobra.Command, args []string) error {
			s.queries, s.changedK, s.changed = args, c.Flags().Changed("k"), c.Flags().Changed("threshold")
			s.asksTypical = c.Flags().Changed("typical")
			return s.run(c)
		},
	}
	s.engine.addFrozen(c)
	s.sheet.add(c)
	f := c.Flags()
	f.StringVar(&s.index, "index", "", "vectors written by amdim embed, such as photos.npy")
	f.StringVar(&s.model, "model", "", "run folder or checkpoint that the index was made with")
	f.StringArrayVar(&s.names, "name", nil,
		"image in the index to look for, or the end of its path; may be repeated")
	f.IntVarP(&s.k, "k", "k", 10, "images to find for each query")
	f.BoolVar(&s.duplicates, "duplicates", false, "find near-duplicates in the index")
	f.Float32Var(&s.threshold, "threshold", embedding.NearDuplicate,
		"lowest cosine at which two images are near-duplicates")
	f.IntVar(&s.typical, "typical", 0, "choose so many images that show what the index holds")
	addPrecision(f, &s.precision)
	f.BoolVar(&s.json, "json", false, "print the result as JSON")
	return c
}

func (s *search) run(c *cobra.Command) error {
	if err := s.check(); err != nil {
		return err
	}
	if err := s.engine.checkPrecision(s.precision); err != nil {
		return err
	}
	set, err := embedding.Load(s.index)
	if err != nil {
		return fmt.Errorf("--index: %w", err)
	}
	x, err := embedding.NewIndex(set, s.engine.onProcessor())
	if err != nil {
		return fmt.Errorf("--index %s: %w", s.index, err)
	}
	s.sheet.noteInside(c.ErrOrStderr(), set.Model.Images)
	p, err := s.sheet.open(set)
	if err != nil {
		return err
	}
	switch {
	case s.duplicates:
		return s.runDuplicates(c, x, p)
	case s.asksTypical:
		return s.runTypical(c, x, p)
	}
	results, err := s.searchNames(x)
	if err != nil {
		return err
	}
	files, bad, err := s.searchFiles(c, x)
	if err != nil {
		return err
	}
	results = append(results, files...)
	if p != nil {
		if err := s.sheet.draw(c, p, querySheet(p, results)); err != nil {
			return err
		}
	}
	if err := s.printResults(c.OutOrStdout(), results); err != nil {
		return err
	}
	if len(bad) > 0 {
		return fmt.Errorf("%d of %d queries could not be read", len(bad), len(s.queries))
	}
	return nil
}

// check refuses what is wrong before anything is read.
func (s *search) check() error {
	asked := len(s.queries) + len(s.names)
	switch {
	case s.index == "":
		return usagef("--index is missing: vectors written by amdim embed, such as photos.npy")
	case s.duplicates && asked > 0:
		return usagef("--duplicates compares the whole index: it takes no IMAGE or --name")
	case s.duplicates && s.model != "":
		return usagef("--duplicates compares what is in the index: it takes no --model")
	case s.duplicates && s.changedK:
		return usagef("--duplicates lists all pairs: it takes no -k, but --threshold")
	case s.asksTypical && s.typical < 1:
		return usagef("--typical %d: need at least 1", s.typical)
	case s.asksTypical && (s.duplicates || asked > 0 || s.model != "" || s.changedK):
		return usagef("--typical chooses from the whole index: it takes no IMAGE, --name, --model or -k")
	case !s.duplicates && !s.asksTypical && asked == 0:
		return usagef("nothing to look for: give image files, --name NAME, --duplicates or --typical N")
	case !s.duplicates && s.changed:
		return usagef("--threshold needs --duplicates")
	case !(s.threshold > 0 && s.threshold <= 1):
		return usagef("--threshold %g: need a cosine above 0, at most 1", s.threshold)
	case s.k < 1:
		return usagef("-k %d: need at least 1", s.k)
	case len(s.queries) == 0 && s.model != "":
		return usagef("--model is for an IMAGE: --name looks for what is in the index")
	case len(s.queries) == 0 && s.precision != "":
		return usagef("--precision is for an IMAGE, which --model encodes")
	case len(s.queries) > 0 && s.model == "":
		return usagef("--model is missing: name the run that %s was embedded with", s.index)
	}
	if dir, ok := folderAmong(s.queries); ok {
		return usagef("%s is a folder: name an image file", dir)
	}
	if err := s.engine.check(); err != nil {
		return err
	}
	return s.sheet.check()
}

// found is what was found for one query.
type found struct {
	Query   string            `json:"query"`
	Matches []embedding.Match `json:"matches"`

	row int // of the query in the index; −1: a file
}

// searchNames looks for images of the index.
func (s *search) searchNames(x *embedding.Index) ([]found, error) {
	var all []found
	for _, name := range s.names {
		i, err := x.Find(name)
		if err != nil {
			return nil, fmt.Errorf("--name: %w", err)
		}
		matches, err := x.Near(i, s.k)
		if err != nil {
			return nil, err
		}
		all = append(all, found{x.Set().Names[i], matches, i})
	}
	return all, nil
}

// searchFiles looks for image files. Those that cannot be read are noted and
// left out.
func (s *search) searchFiles(c *cobra.Command, x *embedding.Index) ([]found, []*amdim.Unreadable, error) {
	if len(s.queries) == 0 {
		return nil, nil, nil
	}
	m, closeModel, err := s.engine.openModel(s.model, amdim.Options{Precision: s.precision})
	if err != nil {
		return nil, nil, err
	}
	defer closeModel()
	query, bad, err := m.EmbedFiles(c.Context(), s.queries...)
	none := len(bad) == len(s.queries)
	if err != nil && (!none || len(s.names) == 0) { // names are answered all the same
		return nil, nil, err
	}
	for _, u := range bad {
		note(c.ErrOrStderr(), "query %s", leavesOut(u.Name, u.Err))
	}
	if none {
		return nil, bad, nil
	}
	if err := query.Model.CheckSame(x.Set().Model); err != nil {
		return nil, nil, fmt.Errorf("--index %s does not hold vectors of %s: %w", s.index, s.model, err)
	}
	matches, err := x.SearchAll(c.Context(), query, s.k)
	if err != nil {
		return nil, nil, err
	}
	all := make([]found, query.Len())
	for i, name := range query.Names {
		all[i] = found{name, matches[i], -1}
	}
	return all, bad, nil
}

func (s *search) printResults(w io.Writer, results []found) error {
	if s.json {
		return printJSON(w, struct {
			Index   string  `json:"index"`
			Queries []found `json:"queries"`
		}{s.index, results})
	}
	var b strings.Builder
	for i, r := range results {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "near %s\n", spelling.Printable(r.Query))
		for _, m := range r.Matches {
			fmt.Fprintf(&b, "%8.4f  %s\n", m.Cosine, spelling.Printable(m.Name))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
