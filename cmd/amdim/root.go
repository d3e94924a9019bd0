package main

import (
	"context"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/checkpoint"
)

// rootCommand is amdim with its verbs, one file each.
func rootCommand() *cobra.Command {
	var quiet bool
	root := &cobra.Command{
		Use:     "amdim",
		Short:   "learn image representations without labels",
		Version: checkpoint.CodeVersion(),
		Long: `The method is Augmented Multiscale Deep InfoMax (Bachman et al. 2019,
arXiv 1906.00910).`,
		Example: `  amdim demo
  amdim data check folder:photos
  amdim pretrain --preset photos-tiny --data folder:photos --out runs/photos
  amdim report runs/photos`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noArgs,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
		PersistentPreRun: func(c *cobra.Command, _ []string) {
			if quiet {
				c.Root().SetErr(io.Discard)
			}
		},
	}
	root.PersistentFlags().BoolVarP(&quiet, "quiet", "q", false, "print only the result and errors")
	root.SetHelpTemplate(helpTemplate)
	root.SetUsageTemplate(helpTemplate)
	root.SetVersionTemplate("amdim {{.Version}}\n")
	root.SetFlagErrorFunc(wrongFlag)
	root.AddCommand(
		demoCommand(),
		dataCommand(),
		planCommand(),
		benchCommand(),
		selftestCommand(),
		pretrainCommand(),
		evalCommand(),
		sweepCommand(),
		reportCommand(),
		inspectCommand(),
		embedCommand(),
		searchCommand(),
		classifyCommand(),
		segmentCommand(),
		serveCommand(),
		importCommand(),
		exportCommand(),
		versionCommand(),
	)
	root.AddCommand(helpTopics()...)
	root.SetHelpCommand(helpCommand())
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	return root
}

// noArgs refuses what is neither a verb nor a flag.
func noArgs(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if c.HasSubCommands() {
		return wrongVerb(c, args[0])
	}
	return usagef("%s takes no argument, got %q", c.CommandPath(), args[0])
}

// run runs a command line. A word that is no verb is an error whatever flags follow it:
// cobra would find fault with these, or answer --help.
func run(ctx context.Context, root *cobra.Command, args []string) error {
	c, rest, err := root.Find(args)
	if err == nil && c.HasSubCommands() && len(rest) > 0 && !leftToCobra(rest[0]) {
		return wrongVerb(c, rest[0])
	}
	if asShell(args) {
		completeFlags(root) // only then: cobra keeps for good what it is told of a flag
	}
	root.SetArgs(args)
	return root.ExecuteContext(ctx)
}

// leftToCobra reports whether a word is a flag, or a verb that cobra adds for the shell.
func leftToCobra(word string) bool {
	return strings.HasPrefix(word, "-") || strings.HasPrefix(word, cobra.ShellCompRequestCmd)
}

// asShell reports whether a shell asks what may follow.
func asShell(args []string) bool {
	return len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd)
}
