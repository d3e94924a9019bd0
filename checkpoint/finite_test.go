package checkpoint

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

func TestFiniteNamesTheTensorAndTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.safetensors")
	if err := Write(path, testArrays(), testVars, nil); err != nil {
		t.Fatal(err)
	}
	r, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for _, c := range []struct {
		restore func(Target) error
		want    string
	}{
		{r.RestoreWeights, "NaN in tensor bn.mean at index 0"},
		{r.Restore, "+Inf in tensor stem.weight#m at index 5"},
	} {
		got := testArrays()
		err := c.restore(Finite(got))
		var bad *NonFiniteError
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("error %v, want a *NonFiniteError, %q", err, c.want)
		}
	}
	sound := testArrays()
	sound.v["bn.mean"][0] = 1
	sound.v["stem.weight#m"][5] = 1
	path = filepath.Join(t.TempDir(), "sound.safetensors")
	if err := Write(path, sound, testVars, nil); err != nil {
		t.Fatal(err)
	}
	whole, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer whole.Close()
	got := testArrays()
	if err := whole.Restore(Finite(got)); err != nil || bitsOf(got) != bitsOf(sound) {
		t.Errorf("%v, restored %s", err, bitsOf(got))
	}
}
