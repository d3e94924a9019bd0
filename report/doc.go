// Package report writes pages that people look at: one HTML file with the
// accuracies, curves and pictures of a run, needing no other file.
//
// The one idea is that a page is a value: a Page holds numbers and images, Write
// turns it into HTML that contains its style, its curves (inline SVG) and its
// pictures (data URIs) and refers to nothing outside. Curves are drawn here
// rather than by a chart library because only inline SVG with classes follows
// the reader's light or dark theme.
//
// Pictures are chosen by rules that the page states, never by hand: see Pick.
//
//	page := report.Page{Title: "Run tiny", Result: result, Progress: progress, Near: near}
//	err := page.Write(file)
//
// A Comparison is a page about several runs; the Progress block is also what
// the live page shows during training.
package report
