package train

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/engine"
)

// fact is something that must be the same in all processes of a run, under the
// name a user knows.
type fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// facts returns the task's facts, in the order in which they are compared.
func (t Task) facts() ([]fact, error) {
	all := []fact{
		{"code", checkpoint.CodeVersion()},
		{"engine", t.Engine.Name()},
		{"images", fmt.Sprint(t.Data.Len())},
		{"data digest", t.Data.Digest()},
	}
	settings := map[string]string{}
	parts, err := json.Marshal(map[string]any{"model": t.Model, "augment": t.Augment, "train": t.Train})
	if err != nil {
		return nil, err
	}
	for _, text := range [][]byte{t.Settings, parts} {
		if err := flatten(settings, "", text); err != nil {
			return nil, err
		}
	}
	for _, key := range slices.Sorted(maps.Keys(settings)) {
		all = append(all, fact{key, settings[key]})
	}
	return all, nil
}

// flatten adds the values of a JSON object under their paths: "train.lr".
func flatten(to map[string]string, path string, text []byte) error {
	text = bytes.TrimSpace(text)
	if len(text) == 0 {
		return nil
	}
	if text[0] != '{' {
		to[path] = string(text)
		return nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		return err
	}
	if path != "" {
		path += "."
	}
	for name, v := range members {
		if err := flatten(to, path+name, v); err != nil {
			return err
		}
	}
	return nil
}

// agrees returns an error, the same in all processes, that names the first fact
// in which one differs from the first process.
func (t Task) agrees(g engine.Group) error {
	if g.Size() == 1 {
		return nil
	}
	mine, err := t.facts()
	if err != nil {
		return fmt.Errorf("train: settings: %w", err)
	}
	text, err := json.Marshal(mine)
	if err != nil {
		return fmt.Errorf("train: settings: %w", err)
	}
	texts, err := g.Exchange(string(text))
	if err != nil {
		return notBegun(err)
	}
	all := make([][]fact, len(texts))
	for rank, text := range texts {
		if err := json.Unmarshal([]byte(text), &all[rank]); err != nil {
			return fmt.Errorf("train: rank %d says %.40q: start the same program everywhere", rank, text)
		}
	}
	for rank := 1; rank < len(all); rank++ {
		if err := differ(all[0], all[rank], rank); err != nil {
			return err
		}
	}
	return nil
}

// differ returns an error that names the first fact in which a rank differs from rank 0.
func differ(first, other []fact, rank int) error {
	const none = "none"
	for _, f := range slices.Concat(first, other) { // what the first lacks comes last
		a, b := valueOf(first, f.Name, none), valueOf(other, f.Name, none)
		if a != b {
			return fmt.Errorf("train: rank %d has %s = %s, rank 0 has %s: %s",
				rank, f.Name, b, a, mending(f.Name))
		}
	}
	return nil
}

func valueOf(facts []fact, name, otherwise string) string {
	if i := slices.IndexFunc(facts, func(f fact) bool { return f.Name == name }); i >= 0 {
		return facts[i].Value
	}
	return otherwise
}

// mending says what to do about a fact that differs.
func mending(name string) string {
	switch name {
	case "code":
		return "start the same program everywhere"
	case "engine":
		return "start all processes with the same engine and precision, on processors of one kind"
	case "images", "data digest":
		return "give all processes the same data"
	}
	return "start all processes with the same settings"
}
