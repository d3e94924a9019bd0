package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/data/survey"
	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/internal/shell"
	"github.com/amdim/amdim/internal/spelling"
	"github.com/amdim/amdim/train"
)

// checked is what data check prints.
type checked struct {
	Data string `json:"data"`
	*survey.Survey
	Notes []string `json:"notes"` // what to know or to mend before training
	Next  []string `json:"next"`  // commands to run

	commands [][]string // words of Next
	layout   layout
	list     string // file of images not to learn from; empty: there is none
	advised  int    // copies that list would leave out, if it is still to be written; else 0
}

// adviseList is the file that the commands write the list to.
const adviseList = "copies.json"

// unevenClasses is the ratio of the largest to the smallest class that gets a note.
const unevenClasses = 10

// newChecked adds what follows from a survey. l says what of a folder is passed
// over; list is the file of images not to learn from, if one was written.
func newChecked(spec string, s *survey.Survey, l layout, list string) *checked {
	c := &checked{Data: spec, Survey: s, Next: []string{}, layout: l, list: list}
	settings, err := config.Preset(c.preset())
	if err != nil {
		panic(err) // preset names one of ours
	}
	usable := s.Splits[0].Images - s.Damaged()
	if c.advised = c.copiesToLeave(); c.advised > 0 {
		c.list = adviseList
	}
	if c.list != "" {
		usable = s.Splits[0].Images - len(s.Left)
	}
	c.Notes = c.notes(usable, settings.Train.Batch)
	c.commands = c.nextCommands(usable, settings.Train.Batch)
	for _, command := range c.commands {
		c.Next = append(c.Next, shell.Line(command...))
	}
	return c
}

// copiesToLeave is how many copies to advise to leave out of training, if no list was
// written: all if most images are copies, or if accuracy would be of images learnt from.
func (c *checked) copiesToLeave() int {
	if c.list != "" {
		return 0
	}
	copies := len(c.Left) - c.Damaged()
	spared := c.Splits[0].Images - len(c.Left)
	if spared < copies || c.Overlap > 0 && c.evaluable() {
		return copies
	}
	return 0
}

// copiesNote says what the commands do about copies.
func (c *checked) copiesNote() string {
	are, them := "are copies, exact or near", "them"
	if c.advised == 1 {
		are, them = "is a copy, exact or near", "it"
	}
	note := fmt.Sprintf("%s of %s to learn from %s: the commands below leave %s out.",
		spelling.Grouped(c.advised), spelling.Count(c.Splits[0].Images, "image"), are, them)
	if len(c.Near) > 0 {
		note += " Near copies are a guess: look at some."
	}
	return note
}

// nextCommands are those to run with so many usable images, as words: a verb,
// then flags with their values.
func (c *checked) nextCommands(usable, batch int) [][]string {
	command := func(words ...string) []string { return append([]string{"amdim"}, words...) }
	var next [][]string
	if c.advised > 0 {
		next = append(next, command("data", "check", c.Data, "--quarantine", c.list))
	}
	var smaller []string
	switch b := train.BatchFor(usable, batch); {
	case b == 0:
		return next
	case b < batch:
		smaller = []string{"--batch", strconv.Itoa(b)}
	}
	preset, run := c.preset(), "runs/"+c.preset()
	plan := command("plan", "--preset", preset, "--data", c.Data)
	pretrain := command("pretrain", "--preset", preset, "--data", c.Data, "--out", run)
	if c.list != "" {
		pretrain = append(pretrain, "--quarantine", c.list)
	} else if c.Damaged() > c.allowed() {
		pretrain = append(pretrain, "--max-unreadable", fmt.Sprintf("%.2g", min(1, c.damagedShare()+0.01)))
	}
	next = append(next, append(plan, smaller...), append(pretrain, smaller...))
	if c.evaluable() {
		next = append(next, command("eval", "--model", run, "--data", c.Data))
	}
	return next
}

// allowed is how many unreadable images pretrain goes on past by default.
func (c *checked) allowed() int {
	return train.AllowedUnreadable(c.Splits[0].Images, train.MaxUnreadable)
}

// damagedShare is the share of the images to learn from that cannot be read.
func (c *checked) damagedShare() float64 { return float64(c.Damaged()) / float64(c.Splits[0].Images) }

// preset is the smallest network for images of this size.
func (c *checked) preset() string { return presetFor(data.Origin(c.Data), c.ShorterSide.Median) }

// presetFor is that of the smallest network for images of a spec with such a shorter side.
func presetFor(spec string, side int) string {
	switch {
	case strings.HasPrefix(spec, "shapes") && side <= 32:
		return "demo"
	case side < 48:
		return "cifar10-tiny"
	}
	return "photos-tiny"
}

// evaluable: there are classes to tell apart and images held out, all of these classes.
func (c *checked) evaluable() bool {
	return len(c.Classes) >= 2 && len(c.Splits) > 1 && c.labelledHeldOut() == c.Splits[1].Images
}

// labelledHeldOut is how many images that are held out have a class.
func (c *checked) labelledHeldOut() int {
	n := 0
	for _, class := range c.Classes {
		if len(class.Splits) > 1 {
			n += class.Splits[1]
		}
	}
	return n
}

// notes say what stands out and what to do about it. batch is that of the preset.
func (c *checked) notes(usable, batch int) []string {
	n := []string{}
	add := func(format string, args ...any) { n = append(n, fmt.Sprintf(format, args...)) }
	if c.layout.foreign != "" {
		add("Left out, because their formats are not supported: %s. Convert them to JPEG to train on them.",
			c.layout.foreign)
	}
	if c.layout.splits != "" {
		add("%s.", c.layout.splits)
	}
	if c.advised > 0 {
		add("%s", c.copiesNote())
	}
	if usable == 0 {
		add("No image is left to learn from: training needs at least 2, and better thousands.")
	} else if usable < 2 {
		add("One image has nothing to be told apart from: training needs at least 2, and better thousands.")
	} else if usable < batch {
		add("Fewer images than a batch of %d: the commands below use smaller batches. "+
			"What is learnt from so few images is of little use.", batch)
	}
	switch {
	case !c.Files || len(c.Classes) > 0 || c.segmented():
	case c.layout.only != "":
		add("Only one class: all images are in the folder %s. Training needs no classes, "+
			"but amdim eval needs a second one.", spelling.Printable(c.layout.only))
	case c.layout.splits != "": // said already
	case c.layout.stray != "":
		add("No classes: training needs none, but amdim eval does. The folders would be classes if no image lay "+
			"beside them, as %s does: move it into one.", spelling.Printable(c.layout.stray))
	default:
		add("No classes: training needs none, but amdim eval does. Classes are the folders directly inside " +
			"this one, or inside its train, if there are several and no images beside them.")
	}
	if len(c.Classes) >= 2 && len(c.Splits) < 2 {
		add("No image is held out: about one in ten is, by its name, and none of these was. " +
			"amdim eval needs more images.")
	} else if len(c.Classes) >= 2 && c.Splits[1].Images > c.labelledHeldOut() {
		add("%s.", eval.Unclassed(c.Splits[1].Images-c.labelledHeldOut()))
	}
	if c.Damaged() > c.allowed() && c.list == "" {
		add("%.1f %% of the images to learn from cannot be read: pretrain stops at more than %s unless "+
			"--max-unreadable allows them. Repair or delete the files.",
			100*c.damagedShare(), spelling.Count(c.allowed(), "file"))
	}
	if c.Small > c.Readable/10 && c.preset() == "photos-tiny" {
		add("%s images have a side shorter than %d px and will be enlarged.",
			someOf(c.Small, c.Readable), survey.SmallSide)
	}
	if note := c.untested(); note != "" {
		n = append(n, note)
	}
	return append(n, c.notesOfClasses()...)
}

// untested says of which classes no accuracy will say anything.
func (c *checked) untested() string {
	if !c.evaluable() {
		return "" // which is said already
	}
	var names []string
	var learnt, held []int
	for _, class := range c.Classes {
		names = append(names, class.Name)
		learnt, held = append(learnt, class.Splits[0]), append(held, class.Splits[1])
	}
	return eval.Untested(names, learnt, held, "held-out")
}

func (c *checked) notesOfClasses() []string {
	n := []string{}
	add := func(format string, args ...any) { n = append(n, fmt.Sprintf(format, args...)) }
	least, most := c.extremes()
	if len(c.Classes) > 0 && most.Images >= unevenClasses*max(1, least.Images) {
		add("The classes are uneven: %s has %s, %s %s. Read the accuracy of amdim eval with that in mind.",
			spelling.Printable(most.Name), spelling.Count(most.Images, "image"),
			spelling.Printable(least.Name), spelling.Grouped(least.Images))
	}
	classes := 0
	for _, d := range c.Duplicates {
		classes += boolInt(d.ClassesDiffer)
	}
	if c.Overlap > 0 && c.evaluable() && (c.list == "" || c.advised > 0) {
		add("%s a copy, exact or near, among the images to learn from: with these, accuracy would look better "+
			"than it is.",
			spelling.CountOf(c.Overlap, "held-out image has", "held-out images have"))
	}
	if classes > 0 {
		add("%s in several classes: at least one label is wrong.",
			spelling.CountOf(classes, "picture is", "pictures are"))
	}
	return n
}

// extremes are the classes of fewest and of most images.
func (c *checked) extremes() (least, most survey.Class) {
	for i, class := range c.Classes {
		if i == 0 || class.Images < least.Images {
			least = class
		}
		if i == 0 || class.Images > most.Images {
			most = class
		}
	}
	return least, most
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
