package runreport

import (
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/report"
	"github.com/amdim/amdim/train"
)

// Compare is the page of several runs: the settings that differ, curves laid over each other,
// accuracies. It is written to the file out, from which it links to the pages of the runs.
func Compare(runs []*Run, out string) *report.Comparison {
	c := &report.Comparison{Title: "Comparison of runs"}
	var names []string
	outdated := slices.ContainsFunc(runs, (*Run).resultOutdated)
	for _, run := range runs {
		compared := report.Run{
			Name: run.name(), Facts: run.facts(), Classes: run.meta.Data.Classes,
			Batch: run.Settings.Train.Batch, Records: run.records, Result: run.result, Commands: run.allCommands(),
		}
		if outdated {
			compared.Facts = append(compared.Facts, report.Fact{Name: "accuracy", Value: run.measuredAt()})
		}
		compared.Page = linkTo(out, train.ReportPath(run.Path))
		if f := run.findings(); len(f) > 0 {
			compared.Health, compared.Level = f[0].Title, string(f[0].Level)
		}
		c.Runs, names = append(c.Runs, compared), append(names, run.name())
	}
	c.Headline = strings.Join(names, ", ")
	c.Settings = differingSettings(runs)
	return c
}

// linkTo is the address of a page as one in the folder of from refers to it; empty
// where there is no such page. Folders may be named a#b or 50%25.
func linkTo(from, page string) string {
	if _, err := os.Stat(page); err != nil {
		return ""
	}
	folder, err := filepath.Abs(filepath.Dir(from))
	if err != nil {
		return ""
	}
	whole, err := filepath.Abs(page)
	if err != nil {
		return ""
	}
	path, err := filepath.Rel(folder, whole)
	if err != nil {
		return ""
	}
	return (&url.URL{Path: filepath.ToSlash(path)}).String()
}

// differingSettings are the settings that are not the same in all runs.
func differingSettings(runs []*Run) []report.Setting {
	differs := map[string]bool{}
	for _, run := range runs[min(1, len(runs)):] {
		for _, d := range config.Diff(runs[0].Settings, run.Settings) {
			differs[d.Key] = true
		}
	}
	var settings []report.Setting
	for _, key := range config.Keys() {
		if !differs[key] {
			continue
		}
		s := report.Setting{Key: key}
		for _, run := range runs {
			s.Values = append(s.Values, run.Settings.Value(key))
		}
		settings = append(settings, s)
	}
	return settings
}
