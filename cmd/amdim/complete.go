package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/data"
)

// completions tell a shell what may follow a flag, whatever the verb.
var completions = map[string]cobra.CompletionFunc{
	"preset":       words(config.Presets()...),
	"ablation":     words(config.AblationNames()...),
	"ablations":    lists(config.AblationNames()...),
	"data":         completeSpec,
	"labelled":     completeSpec,
	"negatives":    completeSpec,
	"upsample":     words(upsampleGuided, upsampleBilinear),
	"precision":    words("bf16", "f32", "tf32"),
	"augment":      words("plain", "strong"),
	"policy":       wordsOrFiles(append(augment.Policies(), "none")...),
	"engine":       words("cpu", "torch", "ref"),
	"device":       words("cpu", "cuda", "cuda:0"),
	"protocol":     lists("linear", "mlp", "knn", "few-shot", "paper", "segmentation"),
	"outputs":      lists(encoderOutputs...),
	"split":        words("train", "test", "pretrain"),
	"set":          completeSetting,
	"ui":           words("127.0.0.1:8080", "127.0.0.1:0"),
	"address":      words("127.0.0.1:8080", "127.0.0.1:0", ":8080"),
	"model":        completeRun,
	"init":         completeRun,
	"image-folder": folders,
	"format":       words(formatNames()...),
	"data-set":     words(dataSetNames()...),
}

// completeFlags gives each flag of c and of its verbs what completes it: words,
// files where it takes a path, nothing where it takes a number.
func completeFlags(c *cobra.Command) {
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		complete, ok := completions[f.Name]
		switch kind := f.Value.Type(); {
		case ok && (kind == "string" || kind == "name" || kind == "stringArray" || kind == "stringSlice"):
		case f.Name == "config":
			complete = files("json")
		case f.Name == "out" && slices.Contains([]string{"pretrain", "demo", "pack", "get", "segment"}, c.Name()):
			complete = folders
		case f.Value.Type() == "string":
			return // a path: what the shell does by itself
		default:
			complete = cobra.NoFileCompletions
		}
		c.RegisterFlagCompletionFunc(f.Name, complete) // errors when the verb has done it itself
	})
	switch c.Name() {
	case "report", "inspect":
		c.ValidArgsFunction = completeRun
	case "segment", "classify", "search": // files: what the shell does by itself
	case "import":
		c.ValidArgsFunction = files("pth")
	case "check", "pack":
		c.ValidArgsFunction = completeSpec
	case "get":
		c.ValidArgsFunction = words("cifar10", "cifar100", "stl10")
	default:
		if !c.HasSubCommands() {
			c.ValidArgsFunction = cobra.NoFileCompletions
		}
	}
	for _, verb := range c.Commands() {
		completeFlags(verb)
	}
}

// words completes one of a few.
func words(w ...string) cobra.CompletionFunc {
	return cobra.FixedCompletions(w, cobra.ShellCompDirectiveNoFileComp)
}

// wordsOrFiles completes one of a few, or a file.
func wordsOrFiles(w ...string) cobra.CompletionFunc {
	return cobra.FixedCompletions(w, cobra.ShellCompDirectiveDefault)
}

// lists completes the last of several words with commas between them.
func lists(w ...string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		before := begun[:strings.LastIndexByte(begun, ',')+1]
		var all []string
		for _, word := range w {
			if !slices.Contains(strings.Split(before, ","), word) {
				all = append(all, before+word)
			}
		}
		return all, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
}

func files(extension string) cobra.CompletionFunc {
	return cobra.FixedCompletions([]string{extension}, cobra.ShellCompDirectiveFilterFileExt)
}

func folders(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// completeRun completes a run folder or a checkpoint.
func completeRun(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return []string{"safetensors"}, cobra.ShellCompDirectiveFilterFileExt
}

// completeSpec completes a kind of data and the folder behind its colon.
func completeSpec(_ *cobra.Command, _ []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	kind, dir, colon := strings.Cut(begun, ":")
	if !colon {
		return specKinds(), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
	if kind == "shapes" {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var specs []string
	for _, folder := range foldersFrom(dir) {
		specs = append(specs, kind+":"+folder)
	}
	return specs, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// specKinds are "folder:" and so on, and "shapes", which needs nothing behind it.
func specKinds() []string {
	var kinds []string
	for _, form := range data.Forms() {
		name, _, options := strings.Cut(form, "[")
		if !options {
			name, _, _ = strings.Cut(form, ":")
			name += ":"
		}
		if i := strings.IndexByte(name, ':'); options && i >= 0 {
			name = name[:i+1]
		}
		kinds = append(kinds, name)
	}
	return kinds
}

// completeSetting completes the key of an assignment.
func completeSetting(
	_ *cobra.Command, _ []string, begun string,
) ([]cobra.Completion, cobra.ShellCompDirective) {
	if strings.Contains(begun, "=") {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var keys []string
	for _, key := range config.Keys() {
		keys = append(keys, key+"=")
	}
	return keys, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}
