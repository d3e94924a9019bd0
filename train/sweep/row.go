package sweep

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/internal/strictjson"
)

// Row is one line of the table.
type Row struct {
	Name   string // also names its run folders
	Config config.Config
}

// Ablations returns the rows for the named ablations of base.
func Ablations(base config.Config, names ...string) ([]Row, error) {
	var rows []Row
	for _, name := range names {
		a, err := config.FindAblation(name)
		if err != nil {
			return nil, err
		}
		row := Row{name, base}
		a.Apply(&row.Config)
		rows = append(rows, row)
	}
	return rows, check(rows)
}

// Parse reads rows from a JSON object. Each member is a row: its name, and the
// settings in which it differs from base, as in a run's config.json:
//
//	{"plain": {}, "wide": {"model": {"ndf": 64, "n_rkhs": 256}}}
func Parse(text []byte, base config.Config) ([]Row, error) {
	var rows []Row
	var named error // of a member: it says its name
	err := strictjson.Members(text, func(name string, settings json.RawMessage) error {
		row := Row{name, base}
		if err := row.Config.Merge(settings); err != nil {
			named = fmt.Errorf("sweep: row %q: %w", name, err)
		} else if row.Config.Train.Seed != base.Train.Seed {
			named = fmt.Errorf("sweep: row %q sets train.seed: every row is trained with the seeds of the sweep", name)
		}
		rows = append(rows, row)
		return named
	})
	if named != nil {
		return nil, named
	}
	if err != nil {
		return nil, fmt.Errorf("sweep: %w", err)
	}
	return rows, check(rows)
}

// letters are those allowed in the name of a row.
const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."

func check(rows []Row) error {
	if len(rows) == 0 {
		return errors.New("sweep: no rows")
	}
	names := map[string]bool{}
	for _, r := range rows {
		switch {
		case r.Name == "" || strings.HasPrefix(r.Name, ".") || strings.Trim(r.Name, letters) != "":
			return fmt.Errorf("sweep: row %q: a name is made of letters, digits, -, _ and . and begins with no dot",
				r.Name)
		case names[r.Name]:
			return fmt.Errorf("sweep: row %q twice", r.Name)
		}
		names[r.Name] = true
		if err := r.Config.Validate(); err != nil {
			return fmt.Errorf("sweep: row %q: %w", r.Name, err)
		}
	}
	return nil
}

// Run is one training of a row.
type Run struct {
	Row    string
	Seed   uint64
	Config config.Config
}

// Folder is the run's folder within the sweep's.
func (r Run) Folder(out string) string {
	return filepath.Join(out, fmt.Sprintf("%s-seed%d", r.Row, r.Seed))
}

// Runs returns the training runs in the order in which they are made: all rows
// with the first seed, so that a table is complete early, then all with the next.
func Runs(rows []Row, seeds []uint64) []Run {
	var runs []Run
	for _, seed := range seeds {
		for _, row := range rows {
			c := row.Config
			c.Train.Seed = seed
			runs = append(runs, Run{row.Name, seed, c})
		}
	}
	return runs
}
