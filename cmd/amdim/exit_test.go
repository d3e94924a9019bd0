package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/engine"
)

// What a name of an archive, a folder or a checkpoint does to a terminal stays out of
// messages, and the parts of a message with several lines stay apart.
func TestMessagesHaveNoEscapeSequences(t *testing.T) {
	const name = "cat\x1b]0;title\x07.jpg"
	err := fmt.Errorf("%s is damaged: %w", name, errors.Join(errors.New("remove it"), errors.New("or not")))
	const want = `cat\x1b]0;title\a.jpg is damaged: remove it; or not`
	if got := told(err); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	var b strings.Builder
	note(&b, "%s\nand %s", name, "more")
	(&progress{out: &b}).say("note: %v", err)
	note(&b, "%s", leavesOut("a\x1b.jpg", errors.New("no \x9b2J")))
	found := inspection{Tensors: []checkpoint.Summary{{Name: "w\x1b[2J"}}}
	if err := (inspect{}).print(&b, found); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`cat\x1b]0;title\a.jpg` + "\nand more\n", `no \x9b2J`, `w\x1b[2J`} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in %q", want, b.String())
		}
	}
	if strings.ContainsAny(b.String(), "\x1b\x07\r") || !utf8.ValidString(b.String()) {
		t.Errorf("%q", b.String())
	}
}

func TestMessagesNameNoPackages(t *testing.T) {
	err := errors.Join(errors.New("amdim: embed: imagefile: cut off"), errors.New("embedding: no room"))
	if got := told(err); got != "embed: cut off; no room" {
		t.Errorf("%q", got)
	}
}

func TestABatchThatMemoryIsTooShortForIsNamedOneThatFits(t *testing.T) {
	for _, c := range []struct {
		room int64
		want string
	}{
		{900, "use --batch 224"}, {81, "use --batch 320"}, {30, "use --batch 96"}, {15, "use --batch 24"},
		{12, "use --batch 9"}, {11, "use --batch 4"}, {10, "full"}, {0, "full"},
	} {
		short := &engine.MemoryError{Rows: 960, Need: 110, Grow: 100, Room: c.room, Err: errors.New("full")}
		if got := smallerBatch(fmt.Errorf("train: %w", short), 480).Error(); !strings.HasSuffix(got, c.want) {
			t.Errorf("with %d: %s, want %s", c.room, got, c.want)
		}
	}
}
