package main

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/amdim/amdim/internal/spelling"
)

// selfTestResult is what --json prints.
type selfTestResult struct {
	Version  string         `json:"version"`
	Platform string         `json:"platform"`
	Engines  []testedEngine `json:"engines"`
	Seconds  float64        `json:"seconds"`
}

// wrong are the engines that have faults.
func (r selfTestResult) wrong() []string {
	var names []string
	for _, e := range r.Engines {
		if len(e.Faults) > 0 {
			names = append(names, e.Engine)
		}
	}
	return names
}

// verdict is an error if an engine is wrong.
func (r selfTestResult) verdict() error {
	wrong := r.wrong()
	if len(wrong) == 0 {
		return nil
	}
	advice := "report it with what selftest printed"
	for _, e := range r.Engines {
		if words := strings.Fields(e.Engine); len(e.Faults) == 0 && words[0] == "cpu" {
			advice = fmt.Sprintf("until this is mended, set AMDIM_KERNEL=%s and use --precision %s; and %s",
				words[1], words[2], advice)
			break
		}
	}
	return fmt.Errorf("%s on this machine: %s is wrong; %s",
		spelling.Count(len(wrong), "engine"), strings.Join(wrong, ", "), advice)
}

func (s *selfTest) print(w io.Writer, r selfTestResult) error {
	if s.json {
		return printJSON(w, r)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "amdim %s, %s\nlargest relative error of a tensor in one training step, against float64\n\n",
		r.Version, r.Platform)
	wide := 0
	for _, e := range r.Engines {
		wide = max(wide, len(e.Engine))
	}
	fmt.Fprintf(&b, "%-*s%10s%12s%10s%15s%13s\n",
		wide, "engine", "outputs", "gradients", "updates", "of the bound", "same bytes")
	for _, e := range r.Engines {
		same := "–"
		if e.SameBytes != nil {
			same = map[bool]string{true: "yes", false: "NO"}[*e.SameBytes]
		}
		fmt.Fprintf(&b, "%-*s%10.1g%12.1g%10.1g%13.0f %%%13s\n",
			wide, e.Engine, e.Outputs, e.Gradients, e.Updates, 100*e.Used, same)
	}
	b.WriteByte('\n')
	for _, e := range r.Engines {
		for _, fault := range e.Faults {
			fmt.Fprintf(&b, "%s, %s\n", e.Engine, fault)
		}
	}
	if len(r.wrong()) == 0 {
		took := spelling.Seconds(int(math.Round(r.Seconds)))
		fmt.Fprintf(&b, "this machine computes what is defined (%s)\n", took)
	}
	_, err := w.Write(b.Bytes())
	return err
}
