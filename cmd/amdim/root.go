package main

import "github.com/spf13/cobra"

// rootCommand is amdim with its verbs, one file each.
func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "amdim",
		Short: "Learn image representations without labels",
		Long: `amdim learns image representations without labels, by Augmented Multiscale Deep
InfoMax (arXiv 1906.00910).`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noArgs,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usagef("%w (see %s --help)", err, c.CommandPath())
	})
	root.AddCommand(
		dataCommand(),
		planCommand(),
		pretrainCommand(),
		evalCommand(),
		reportCommand(),
		inspectCommand(),
		embedCommand(),
		demoCommand(),
		versionCommand(),
	)
	return root
}

// noArgs refuses what is neither a verb nor a flag.
func noArgs(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if c.HasParent() {
		return usagef("%s takes no argument, got %q", c.CommandPath(), args[0])
	}
	if s := c.SuggestionsFor(args[0]); len(s) > 0 {
		return usagef("unknown command %q: did you mean %q?", args[0], s[0])
	}
	return usagef("unknown command %q (see amdim --help)", args[0])
}
