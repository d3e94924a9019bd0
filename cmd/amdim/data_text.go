package main

import (
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/amdim/amdim/data/survey"
	"github.com/amdim/amdim/internal/shell"
	"github.com/amdim/amdim/internal/spelling"
)

// Longest lists of the text; --json has everything.
const (
	textWidth     = 80
	maxUnreadable = 10
	maxDuplicates = 5
	maxClassLines = 4
)

// text is the survey for people, in lines of 80 columns where names allow.
func (c *checked) text() string {
	var b strings.Builder
	b.WriteString(spelling.Printable(c.Data) + "\n\n")
	row := func(name, text string) {
		for i, line := range spelling.Wrap(text, textWidth-14) {
			if i > 0 {
				name = ""
			}
			fmt.Fprintf(&b, "%-12s  %s\n", name, line)
		}
	}
	row("images", c.imagesText())
	row("splits", c.splitsText())
	row("classes", c.classesText())
	for _, line := range c.classLines() {
		row("", line)
	}
	if c.segmented() {
		row("segmented", c.truthsText())
	}
	if len(c.Formats) > 0 {
		row("formats", c.formatsText())
	}
	row("size", c.sizeText())
	row("grey", someOf(c.Grey, c.Readable))
	row("copies", c.copiesText())
	row("near copies", c.nearText())
	if len(c.Splits) > 1 && !c.shared() {
		row("overlap", c.overlapText())
	}
	writeUnreadable(&b, "Cannot be read", c.Unreadable)
	writeUnreadable(&b, "Segmentations that cannot be read", c.BadTruths)
	c.writeDuplicates(&b)
	c.writeNear(&b)
	if len(c.Notes) > 0 {
		b.WriteString("\nNotes\n")
	}
	for _, note := range c.Notes {
		fmt.Fprintf(&b, "  - %s\n", strings.Join(spelling.Wrap(note, textWidth-4), "\n    "))
	}
	if len(c.commands) > 0 {
		b.WriteString("\nNext\n")
	}
	for _, command := range c.commands {
		b.WriteString("  " + folded(command) + "\n")
	}
	return b.String()
}

// folded is a command to be copied, on several lines where it is long: a flag and
// its value stay together. Windows has two shells that go on in the next line after other signs.
func folded(command []string) string {
	text := shell.Line(command...)
	if utf8.RuneCountInString(text) <= textWidth-2 || runtime.GOOS == "windows" {
		return text
	}
	lines, line := []string{}, shell.Line(command[:2]...)
	for i := 2; i < len(command); i += 2 {
		pair := shell.Line(command[i:min(i+2, len(command))]...)
		if utf8.RuneCountInString(line+pair) > textWidth-8 {
			lines, line = append(lines, line), pair
			continue
		}
		line += " " + pair
	}
	return strings.Join(append(lines, line), " \\\n      ")
}

func (c *checked) imagesText() string {
	text := spelling.Grouped(c.Images)
	if c.Files {
		text = spelling.Count(c.Images, "file") + ", " + spelling.Bytes(c.Bytes)
	}
	if n := len(c.Unreadable); n > 0 {
		return text + fmt.Sprintf("; %s (%s) cannot be read", spelling.Grouped(n), percent(n, c.Images))
	}
	return text + ", all readable"
}

func (c *checked) splitsText() string {
	text := spelling.Grouped(c.Splits[0].Images) + " to learn from"
	if len(c.Splits) < 2 {
		return text + ", none held out"
	}
	held := spelling.Grouped(c.Splits[1].Images)
	if c.shared() {
		return text + ", " + held + " of them in the test split as well"
	}
	return text + ", " + held + " held out"
}

// shared: what is held out is learnt from as well, as where there are no labels.
func (c *checked) shared() bool { return c.Splits[0].Images+c.Splits[1].Images > c.Images }

func (c *checked) classesText() string {
	if len(c.Classes) == 0 {
		return "none"
	}
	least, most := c.extremes()
	text := fmt.Sprintf("%d of %s to %s images", len(c.Classes),
		spelling.Grouped(least.Images), spelling.Grouped(most.Images))
	if least.Images == most.Images {
		text = fmt.Sprintf("%d of %s each", len(c.Classes), spelling.Count(least.Images, "image"))
	}
	if c.Unlabelled > 0 {
		text += ", and " + spelling.Count(c.Unlabelled, "image") + " without a class"
	}
	return text
}

// classLines name the classes, with their counts where these differ.
func (c *checked) classLines() []string {
	least, most := c.extremes()
	words := make([]string, len(c.Classes))
	for i, class := range c.Classes {
		words[i] = strings.ReplaceAll(spelling.Printable(class.Name), " ", "\u00a0")
		if least.Images != most.Images {
			words[i] += "\u00a0" + spelling.Grouped(class.Images)
		}
	}
	if len(words) == 0 {
		return nil
	}
	lines := spelling.Wrap(strings.Join(words, ", "), textWidth-14)
	if len(lines) > maxClassLines {
		shown := strings.Count(strings.Join(lines[:maxClassLines], ""), ",")
		lines = append(lines[:maxClassLines], fmt.Sprintf("… and %d more", len(c.Classes)-shown))
	}
	for i := range lines {
		lines[i] = strings.ReplaceAll(lines[i], "\u00a0", " ")
	}
	return lines
}

// segmented: the images have segmentations in files.
func (c *checked) segmented() bool { return c.Truths+len(c.BadTruths) > 0 }

func (c *checked) truthsText() string {
	text := spelling.Count(c.Truths, "segmentation")
	if n := len(c.BadTruths); n > 0 {
		return text + "; those of " + spelling.Count(n, "image") + " cannot be read"
	}
	return text + ", all readable"
}

func (c *checked) formatsText() string {
	words := make([]string, len(c.Formats))
	for i, f := range c.Formats {
		words[i] = f.Name + " " + spelling.Grouped(f.Images)
	}
	return strings.Join(words, ", ")
}

func (c *checked) sizeText() string {
	w, h := c.Width, c.Height
	if w.Min == w.Max && h.Min == h.Max {
		return fmt.Sprintf("all %d×%d px", w.Min, h.Min)
	}
	text := fmt.Sprintf("width %s px, height %s px", rangeText(w), rangeText(h))
	if c.Small > 0 {
		text += fmt.Sprintf("; %s with a side below %d px", someOf(c.Small, c.Readable), survey.SmallSide)
	}
	return text
}

func rangeText(r survey.Range) string {
	if r.Min == r.Max {
		return strconv.Itoa(r.Min)
	}
	return fmt.Sprintf("%d to %d (median %d)", r.Min, r.Max, r.Median)
}

func (c *checked) copiesText() string {
	if len(c.Duplicates) == 0 {
		return "none"
	}
	return someOf(c.Copies(), c.Readable) + ", identical to another image byte for byte"
}

func (c *checked) nearText() string {
	if len(c.Near) == 0 {
		return "none"
	}
	return someOf(c.NearCopies(), c.Readable) + ", look like another image"
}

// overlapText says what of the second part is in the first.
func (c *checked) overlapText() string {
	held := c.Splits[1].Images
	if c.Overlap == 0 {
		return "none: no held-out image has a copy among those to learn from"
	}
	return someOf(c.Overlap, held) + " of the held-out images have a copy among those to learn from"
}

func writeUnreadable(b *strings.Builder, title string, files []survey.Unreadable) {
	if len(files) > 0 {
		b.WriteString("\n" + title + "\n")
	}
	for i, u := range files {
		if i == maxUnreadable {
			fmt.Fprintf(b, "  … and %s more: --json names all\n", spelling.Grouped(len(files)-i))
			break
		}
		fmt.Fprintf(b, "  %s: %s\n", spelling.Printable(u.Name), spelling.Printable(u.Error))
	}
}

func (c *checked) writeDuplicates(b *strings.Builder) {
	if len(c.Duplicates) > 0 {
		b.WriteString("\nThe same picture\n")
	}
	for i, d := range c.Duplicates {
		if i == maxDuplicates {
			fmt.Fprintf(b, "  … and %s more: --json names all\n", spelling.Grouped(len(c.Duplicates)-i))
			break
		}
		text := spelling.Printable(d.Names[0]) + " = " + spelling.Printable(d.Names[1])
		if more := len(d.Names) - 2; more > 0 {
			text += " = " + spelling.Grouped(more) + " more"
		}
		fmt.Fprintf(b, "  %s\n", text)
	}
}

// writeNear shows those first that lie in several splits.
func (c *checked) writeNear(b *strings.Builder) {
	if len(c.Near) > 0 {
		b.WriteString("\nNearly the same picture\n")
	}
	shown := slices.Clone(c.Near)
	slices.SortStableFunc(shown, func(a, b survey.Near) int {
		return boolInt(b.SplitsDiffer) - boolInt(a.SplitsDiffer)
	})
	for i, n := range shown {
		if i == maxDuplicates {
			fmt.Fprintf(b, "  … and %s more: --json names all\n", spelling.Grouped(len(shown)-i))
			break
		}
		text := spelling.Printable(n.Name) + " ≈ " + spelling.Printable(n.Copies[0].Name)
		if more := len(n.Copies) - 1; more > 0 {
			text += " ≈ " + spelling.Grouped(more) + " more"
		}
		fmt.Fprintf(b, "  %s\n", text)
	}
}

func percent(n, of int) string { return fmt.Sprintf("%.1f %%", 100*float64(n)/float64(max(1, of))) }

func someOf(n, of int) string {
	if n == 0 {
		return "none"
	}
	return spelling.Grouped(n) + " (" + percent(n, of) + ")"
}
