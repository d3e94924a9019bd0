package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// verbs are all commands that do something.
func verbs(c *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{c}
	for _, verb := range c.Commands() {
		if verb.Name() != "help" && verb.Name() != "completion" && verb.Runnable() {
			all = append(all, verbs(verb)...)
		}
	}
	return all
}

func TestHelpBeginsWithExamplesAndFitsATerminal(t *testing.T) {
	for _, verb := range verbs(rootCommand()) {
		path := strings.Fields(verb.CommandPath())[1:]
		out, messages, err := execute(append(slices.Clone(path), "--help")...)
		if err != nil || messages != "" {
			t.Errorf("%s: %v, stderr %q", verb.CommandPath(), err, messages)
		}
		if verb.Name() != "version" && !verb.HasSubCommands() {
			if lines := strings.SplitN(out, "\n", 5); len(lines) < 5 || lines[2] != "Examples:" {
				t.Errorf("%s: help begins with %q", verb.CommandPath(), lines)
			}
		}
		for line := range strings.Lines(out) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > helpWidth {
				t.Errorf("%s: help has a line of %d letters: %s", verb.CommandPath(), n, line)
			}
		}
		if strings.Contains(out, "\x1b") {
			t.Errorf("%s: help has colours", verb.CommandPath())
		}
	}
}

// Each verb is run with what it says is missing, until it finds another fault.
func TestUsageShowsWhatIsRequired(t *testing.T) {
	missing := regexp.MustCompile(`(--[a-z-]+)( or --[a-z-]+)? is missing`)
	t.Chdir(t.TempDir())
	for _, verb := range verbs(rootCommand()) {
		// Of these nothing is.
		if verb.HasSubCommands() || slices.Contains([]string{"demo", "selftest", "version"}, verb.Name()) {
			continue
		}
		args, preset := strings.Fields(verb.CommandPath())[1:], "none"
		if verb.Name() == "pretrain" || verb.Name() == "sweep" { // after the preset they want more
			preset = "demo"
		}
		if words := strings.Fields(verb.Use); len(words) > 1 && !strings.HasPrefix(words[1], "-") &&
			!strings.HasPrefix(words[1], "{") {
			if _, _, err := execute(args...); exitCode(err) != exitUsage {
				t.Errorf("%s without %s: %v", verb.CommandPath(), words[1], err)
			}
			args = append(args, "none:none")
		}
		for range 9 {
			_, _, err := execute(args...)
			found := missing.FindStringSubmatch(fmt.Sprint(err))
			if found == nil {
				break
			}
			if !strings.Contains(verb.UseLine(), found[1]+" ") {
				t.Fatalf("%s: %v; usage %q", verb.CommandPath(), err, verb.UseLine())
			}
			value := "none:none"
			if found[1] == "--preset" {
				value = preset
			}
			args = append(args, found[1], value)
		}
	}
}

// A CUDA graph is made of an update.
func TestVerbsThatMakeUpdatesOfferGraphs(t *testing.T) {
	want := []string{"demo", "plan", "bench", "selftest", "pretrain", "eval", "sweep"}
	var got []string
	for _, verb := range verbs(rootCommand()) {
		if verb.Flags().Lookup("graphs") != nil {
			got = append(got, verb.Name())
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("verbs with --graphs are %q, want %q", got, want)
	}
}

func TestHelpNamesEveryExitCode(t *testing.T) {
	out, _, err := execute("help", "exit-codes")
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range []int{0, exitFailure, exitUsage, exitStopped, exitNonFinite, exitKilled} {
		if !strings.Contains(out, fmt.Sprintf("\n  %-4d ", code)) {
			t.Errorf("help lacks exit code %d:\n%s", code, out)
		}
	}
}

func TestHelpNamesTheEnvironmentThatIsObeyed(t *testing.T) {
	out, _, err := execute("help", "environment")
	if err != nil || !strings.Contains(out, "\n  HTTPS_PROXY ") {
		t.Errorf("help lacks HTTPS_PROXY: %v\n%s", err, out)
	}
}

func TestTypingErrorsAreAnsweredByASuggestion(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"pretrian", `did you mean "amdim pretrain"?`},
		{"Plan", `did you mean "amdim plan"?`},
		{"train", `did you mean "amdim pretrain"?`},
		{"insp", `did you mean "amdim inspect"?`},
		{"data chekc", `did you mean "amdim data check"?`},
		{"help evla", `did you mean "amdim eval"?`},
		{"frobnicate", "see amdim --help"},
		{"eval --modle x", "did you mean --model?"},
		{"pretrain --workers 3", "unknown flag: --workers (see amdim pretrain --help)"},
		{"pretrain --unreadable 1", "did you mean --max-unreadable?"},
		{"plan --preset cifar10-tniy", `did you mean "cifar10-tiny"?`},
		{"plan --preset demo --data shape", `did you mean "shapes"?`},
		{"plan --preset demo --set model.ndff=3", `did you mean "model.ndf"?`},
	} {
		_, _, err := execute(strings.Fields(c.args)...)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("amdim %s: %v, want %q", c.args, err, c.want)
		}
	}
}

func TestQuietLeavesResultsAlone(t *testing.T) {
	out, messages, err := execute(tiny(filepath.Join(t.TempDir(), "run"), "--max-steps", "1", "--quiet")...)
	if err != nil || messages != "" || !strings.Contains(out, "1 of 15 updates") {
		t.Errorf("stdout %q, stderr %q, error %v", out, messages, err)
	}
}

// What a shell is told may follow a command line.
func TestCompletionKnowsTheValues(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.MkdirAll("photos/cats", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("phone.txt", nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args string // the last word is the one begun
		want string
	}{
		{"pl", "plan\tEstimate what"},
		{"pretrain --preset photos", "photos-tiny\nphotos-small"},
		{"pretrain --data ",
			"folder:\nshapes\ncifar10:\ncifar100:\nstl10:\nimagenet:\nplaces205:\nbsds500:\npacked:\n"},
		{"pretrain --data folder:ph", "folder:photos/\n:6"},
		{"data check folder:photos/", "folder:photos/cats/\n"},
		{"pretrain --set model.nd", "model.ndf="},
		{"search --image-folder ", ":16"},
		{"eval --images ", ":4"},
		{"pretrain --out ", ":16"},      // folders
		{"pretrain --epochs ", ":4"},    // nothing
		{"inspect ", "safetensors\n:8"}, // such files, and folders
		{"eval --protocol linear,", "linear,mlp\nlinear,knn"},
		{"eval --precision b", "bf16"},
		{"eval --engine ", "cpu\ntorch\nref"},
	} {
		words := strings.Split(c.args, " ")
		out, _, err := execute(append([]string{"__complete"}, words...)...)
		if err != nil || !strings.Contains(out, c.want) {
			t.Errorf("%q: %v, got %q, want %q", c.args, err, out, c.want)
		}
	}
}
