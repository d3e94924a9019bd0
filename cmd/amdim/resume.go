package main

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/train"
)

// resumeFlag is whether a run is gone on with: --resume, --resume=auto, or not.
type resumeFlag string

const (
	resumeNot  resumeFlag = ""
	resumeRun  resumeFlag = "true"
	resumeAuto resumeFlag = "auto" // where there is a run; else one is begun
)

func (f *resumeFlag) String() string { return string(*f) }

// Type is that of a flag that needs no value.
func (f *resumeFlag) Type() string { return "bool" }

// Set implements pflag.Value.
func (f *resumeFlag) Set(s string) error {
	if s == string(resumeAuto) {
		*f = resumeAuto
		return nil
	}
	on, err := strconv.ParseBool(s)
	if err != nil {
		return fmt.Errorf("need --resume, --resume=auto or --resume=false")
	}
	if *f = resumeNot; on {
		*f = resumeRun
	}
	return nil
}

// goesOn reports whether the flag asks to go on with the run in a folder.
func (f resumeFlag) goesOn(folder string) bool {
	if f != resumeAuto {
		return f == resumeRun
	}
	return train.Begun(folder)
}

// standing is what the folder says of the run. The first process of a group tells
// the others, which need not see it.
type standing struct {
	Resume bool            `json:"resume"`
	Meta   checkpoint.Meta `json:"meta"` // of the checkpoint, to resume
	Init   checkpoint.Meta `json:"init"` // of that to begin with, for a new run
}

// stand finds out whether the run is gone on with, and what its checkpoint says, or the
// one that it begins with.
func (p *pretrain) stand() (standing, error) {
	var s standing
	err := p.checkOut()
	if err == nil && p.leads() {
		s, err = p.look()
	}
	p.told = true
	if err := train.Agree(p.options.Group, err); err != nil {
		return s, err
	}
	if g := p.options.Group; g != nil {
		text, err := json.Marshal(s)
		if err != nil {
			return s, err
		}
		texts, err := g.Exchange(string(text))
		if err != nil {
			return s, err
		}
		if err := json.Unmarshal([]byte(texts[0]), &s); err != nil {
			return s, err
		}
	}
	p.told, p.options.Resume = false, s.Resume
	return s, nil
}

func (p *pretrain) checkOut() error {
	switch {
	case p.options.Out == "":
		return usagef("--out is missing: name a folder for the run")
	case p.resume != resumeNot && p.options.Overwrite:
		return usagef("--resume and --overwrite cannot be combined")
	case p.resume == resumeRun && p.init != "":
		return usagef("--resume and --init cannot be combined: a run that is resumed has its own weights; " +
			"--resume=auto takes both")
	}
	return nil
}

// look is standing as the folder says.
func (p *pretrain) look() (standing, error) {
	s := standing{Resume: p.resume.goesOn(p.options.Out)}
	p.options.Resume = s.Resume
	err := p.checkFolder()
	if err == nil && s.Resume {
		s.Meta, err = checkpoint.ReadRun(train.CheckpointPath(p.options.Out))
	}
	if err == nil && !s.Resume {
		s.Init, err = p.init.read()
	}
	return s, err
}
