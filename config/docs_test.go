package config

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// The table of presets in docs/pretraining.md is that of the code.
func TestDocsListThePresets(t *testing.T) {
	text, err := os.ReadFile("../docs/pretraining.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		if cells := strings.Split(line, " | "); len(cells) == 9 {
			rows[strings.Trim(cells[0], "| `")] = cells
		}
	}
	for _, name := range Presets() {
		c, err := Preset(name)
		if err != nil {
			t.Fatal(err)
		}
		m, want := c.Model, rows[name]
		if want == nil {
			t.Errorf("no row for %s", name)
			continue
		}
		got := []string{
			fmt.Sprint(m.Px), fmt.Sprintf("%d/%d/%d", m.NDF, m.NRKHS, m.NDepth),
			fmt.Sprint(c.Train.Batch), fmt.Sprint(c.Train.LR), fmt.Sprint(c.Train.Epochs),
		}
		for i, at := range []int{1, 2, 5, 6, 7} {
			if want[at] != got[i] {
				t.Errorf("%s: the table has %q, the preset %q", name, want[at], got[i])
			}
		}
	}
}

// A checkpoint holds each parameter and its two moments, 4 bytes each.
func TestDocsSayHowLargeCheckpointsAre(t *testing.T) {
	text, err := os.ReadFile("../docs/distributed.md")
	if err != nil {
		t.Fatal(err)
	}
	said := strings.Join(strings.Fields(string(text)), " ")
	for preset, words := range map[string]string{
		"imagenet-small": "%s GB for `imagenet-small`", "imagenet-medium": "%s for `imagenet-medium`",
		"imagenet-large": "%s for `imagenet-large`",
	} {
		c, err := Preset(preset)
		if err != nil {
			t.Fatal(err)
		}
		p, err := c.Model.Pretrain(1000).Bind(4, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		bytes := 0
		for _, v := range p.Vars {
			n := 3 * 4
			for _, d := range v.Shape {
				n *= d
			}
			bytes += n
		}
		if want := fmt.Sprintf(words, fmt.Sprintf("%.1f", float64(bytes)/1e9)); !strings.Contains(said, want) {
			t.Errorf("docs/distributed.md does not say %q", want)
		}
	}
}
