package main

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/checkpoint"
)

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print version, commit and platform",
		Args:  noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(c.OutOrStdout(), "amdim %s %s %s/%s\n",
				checkpoint.CodeVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
		DisableFlagsInUseLine: true,
	}
}
