package main

import (
	"strings"
	"testing"

	"github.com/amdim/amdim/data"
)

// The note comes once, before the work, and only for images: other files in a folder of
// photographs are no data.
func TestImagesWrittenAmongTheDataAreNotedBeforeTheWork(t *testing.T) {
	run, mixed := tinyRun(t), mixedRun(t)
	t.Chdir(t.TempDir())
	shades(t)
	classify := "classify --model " + run + " --labelled folder:sorted --data folder:photos --json"
	search := "search --index photos/v.npy --name d0.png --sheet "
	project := "export --format projector --model " + run + " --data folder:photos --out "
	small := smallPhotos + "--max-steps 1 --max-unreadable 0.5 --data folder:photos --out "
	for _, c := range []struct{ line, inside, before string }{
		{"embed --model " + run + " --data folder:photos --out photos/v.npy", "", ""},
		{search + "photos/near.html", "", ""},
		{search + "photos/near.png", "--sheet photos/near.png lies inside folder:photos", "sheet: "},
		{search + "near.png", "", ""},
		{classify + " --sheet s.png", "", ""},
		{classify + " --sheet photos/s.png", "--sheet photos/s.png lies inside folder:photos", "learning"},
		{classify + " --sheet sorted/s.png", "--sheet sorted/s.png lies inside folder:sorted", "learning"},
		{project + "projector", "", ""},
		{project + "photos/projector", "--out photos/projector lies inside folder:photos", "next: "},
		{
			"export --format projector --index photos/v.npy --out photos/two",
			"--out photos/two lies inside folder:photos", "next: ",
		},
		{"segment --model " + mixed + " --data folder:photos --out segments", "", ""},
		{
			"segment --model " + mixed + " --data folder:photos --out photos/segments",
			"--out photos/segments lies inside folder:photos", `note: "torn.png"`,
		},
		{small + "photos/run", "", ""},
	} {
		_, messages, err := execute(strings.Fields(c.line)...)
		want := min(1, len(c.inside))
		if err != nil || strings.Count(messages, "lies inside") != want || !strings.Contains(messages, c.inside) {
			t.Errorf("%s: %v\n%s", c.line, err, messages)
		}
		note, _, _ := strings.Cut(messages, c.before)
		if c.before != "" && !strings.Contains(note, c.inside) {
			t.Errorf("%s: not before the work:\n%s", c.line, messages)
		}
	}
	if set, err := data.OpenFolder("photos/run", data.Options{}); err == nil {
		t.Errorf("%d images in a run: it needs a note too", set.Len())
	}
}
