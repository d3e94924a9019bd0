package config

import (
	"errors"
	"io/fs"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/amdim/amdim/checkpoint"
)

// noArrays is a source of none.
type noArrays struct{}

func (noArrays) Each(func(name string, v []float32) error) error { return nil }

func TestStoredIsWhatACheckpointSays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.safetensors")
	want := mustPreset(t, "demo")
	write := func(settings string) {
		m := checkpoint.Meta{Format: checkpoint.FormatVersion, Step: 7, Config: []byte(settings)}
		text, err := m.Encode()
		if err == nil {
			err = checkpoint.Write(path, noArrays{}, nil, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	write(string(want.JSON()))
	if c, m, err := Stored(path); err != nil || m.Step != 7 || !reflect.DeepEqual(c, want) {
		t.Errorf("%+v, %+v, %v", c, m, err)
	}
	write(`{"modle":{}}`)
	if _, _, err := Stored(path); err == nil || !strings.Contains(err.Error(), path+": config: ") {
		t.Errorf("an unknown key: %v", err)
	}
	odd := want
	odd.Model.Px = 33 // of which segment made a network, and a panic
	write(string(odd.JSON()))
	if _, _, err := Stored(path); err == nil || !strings.Contains(err.Error(), path+": model: px = 33") {
		t.Errorf("no valid network: %v", err)
	}
	if _, _, err := Stored(path + ".gone"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}
