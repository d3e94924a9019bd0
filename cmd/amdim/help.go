package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/internal/spelling"
)

// helpTemplate is the help of every verb: what it is, examples, then the rest.
const helpTemplate = `{{.CommandPath}}: {{.Short}}
{{- if .HasExample}}

Examples:
{{.Example}}
{{- end}}
{{- if .HasAvailableSubCommands}}

{{if .HasParent}}Commands:{{else}}Commands, in order of use:{{end}}
{{- range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}
{{- end}}
{{- if .Long}}

{{wrapped .Long | trimTrailingWhitespaces}}
{{- end}}
{{- if .Runnable}}

Usage:
  {{useLine .}}
{{- if .HasAvailableLocalFlags}}

Flags:
{{flagLines . | trimTrailingWhitespaces}}
{{- end}}
{{- end}}
{{- if .HasAvailableSubCommands}}

Help for a command: {{.CommandPath}} COMMAND --help
{{- end}}
{{- if and .HasAvailableSubCommands (not .HasParent)}}
More: amdim help exit-codes, amdim help environment
{{- end}}
`

// helpWidth is that of the narrowest terminal in common use.
const helpWidth = 80

func init() {
	cobra.EnableCommandSorting = false // verbs stand in the order of use
	cobra.AddTemplateFunc("flagLines", func(c *cobra.Command) string {
		c.LocalFlags() // takes the flags of the root over
		return c.Flags().FlagUsagesWrapped(helpWidth)
	})
	cobra.AddTemplateFunc("wrapped", wrapped)
	cobra.AddTemplateFunc("useLine", func(c *cobra.Command) string {
		if c.HasSubCommands() {
			return c.CommandPath() + " COMMAND"
		}
		const behind = "\n    " // the first line
		return strings.Join(spelling.Wrap(c.UseLine(), helpWidth-len(behind)), behind)
	})
}

// wrapped breaks paragraphs at helpWidth; indented lines stay as they are.
func wrapped(text string) string {
	var lines []string
	paragraph := "" // words that are still to be broken into lines
	flush := func() {
		if paragraph != "" {
			lines, paragraph = append(lines, spelling.Wrap(paragraph, helpWidth)...), ""
		}
	}
	for line := range strings.SplitSeq(text, "\n") {
		words := strings.Join(strings.Fields(line), " ")
		if words != "" && !strings.HasPrefix(line, " ") {
			paragraph = strings.TrimPrefix(paragraph+" "+words, " ")
			continue
		}
		flush()
		lines = append(lines, line)
	}
	flush()
	return strings.Join(lines, "\n")
}

// helpCommand is amdim help, for verbs and topics.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help COMMAND|TOPIC",
		Short: "Help for a command or a topic",
		RunE: func(c *cobra.Command, args []string) error {
			found, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return wrongVerb(found, args[len(args)-max(1, len(rest))])
			}
			found.InitDefaultHelpFlag()
			return found.Help()
		},
		DisableFlagsInUseLine: true,
	}
}

// helpTopics are pages of text that no verb owns.
func helpTopics() []*cobra.Command {
	return []*cobra.Command{
		{Use: "exit-codes", Short: "What the exit codes mean", Long: exitCodesHelp()},
		{Use: "environment", Short: "Environment variables that amdim reads", Long: environmentHelp},
	}
}

func exitCodesHelp() string {
	var b strings.Builder
	for _, c := range exitCodes {
		fmt.Fprintf(&b, "  %-4d %s\n", c.code, c.meaning)
	}
	b.WriteString(`
Results go to standard output, messages and errors to standard error. An error is
the last line, and begins with "amdim:". --json, where a command has it, prints its
result as JSON.`)
	return b.String()
}

const environmentHelp = `  NO_COLOR      output is never coloured, whether this is set or not
  TERM=dumb     no progress bar; there is none when messages go to a file either
  AMDIM_KERNEL  kernels of --engine cpu: generic; avx2, avx512 or amx on amd64;
                neon on arm64 (default: the fastest that the processor has).
                generic also makes images, JPEGs and masks without AVX2
  HTTPS_PROXY   proxy that amdim data get downloads through
  GOGC          how much garbage may pile up, as a percentage of memory in use
  GOMEMLIMIT    memory beyond which garbage is looked for sooner, such as 4GiB
  GOMAXPROCS    how many processors are used; --threads is how many one command
                computes and reads images with

In builds with libtorch (make torch):

  WORLD_SIZE    more than 1: this many amdim pretrain processes train together;
                this one is RANK, and LOCAL_RANK on its host. Process 0 listens at
                MASTER_ADDR, MASTER_PORT. torchrun --no-python sets all of them
  AMDIM_TORCH_LIBRARY
                the shim, libamdim_torch.so (default: beside amdim)
  AMDIM_TUNE_LOG
                1: print what --tune found
  OMP_NUM_THREADS
                threads of libtorch on the processor, beside a GPU
  GLOO_SOCKET_IFNAME, NCCL_SOCKET_IFNAME
                the network interface that a group uses
  NCCL_DEBUG, TORCH_CPP_LOG_LEVEL, GLOG_minloglevel
                what NCCL and libtorch print: see their documentation`
