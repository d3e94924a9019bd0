package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/config"
)

// configuration is that of the flags or, to resume, of the checkpoint; flags that
// say something else than the checkpoint, but for a schedule, are an error.
func (p *pretrain) configuration(c *cobra.Command, s standing) (config.Config, error) {
	if !p.options.Resume {
		return p.init.settings(p.settings, c, s.Init)
	}
	if p.init != "" && s.Meta.Init == nil {
		return config.Config{}, usagef("--init %s: the run in %s began with random weights: leave --init out, "+
			"or start a run in another --out", p.init, p.options.Out)
	}
	was, err := config.Parse(s.Meta.Config)
	if err != nil {
		return was, fmt.Errorf("resume %s: %w", p.options.Out, err)
	}
	now, err := p.settings.apply(was, c)
	if err != nil {
		return now, err
	}
	asked := func(key string) bool { return p.settings.sets(key, c) }
	if err := config.CheckResume(was, now, asked); err != nil {
		do := "leave the flags out, or start a run in another --out"
		if config.CheckResume(was, now, func(string) bool { return true }) == nil {
			do = "to change the schedule of the run, say so by --epochs, --lr or --set train.drops"
		}
		return now, usagef("resume %s: %w; %s", p.options.Out, err, do)
	}
	for _, d := range config.Diff(was, now) {
		p.schedule = append(p.schedule, "--set", d.Key+"="+strings.ReplaceAll(d.B, " ", ","))
	}
	return now, nil
}
