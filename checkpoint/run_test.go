package checkpoint

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

// A run that is gone on with verifies its file when it takes the weights: to compare
// settings the header is enough.
func TestReadRunReadsTheHeaderAlone(t *testing.T) {
	path, good := testFile(t)
	bad := []byte(string(good))
	bad[len(bad)-1] ^= 1
	foreign := strings.Replace(string(good), checksumKey, "other.sha256", 1)
	for _, c := range []struct {
		name, text, want string // empty: no error
	}{
		{"good", string(good), ""},
		{"a flipped bit of a weight", string(bad), ""},
		{"cut off", string(good[:len(good)-1]), path},
		{"of another program", foreign, "not an amdim checkpoint"},
	} {
		if err := os.WriteFile(path, []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		m, err := ReadRun(path)
		if c.want != "" {
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v, want %q", c.name, err, c.want)
			}
			continue
		}
		if err != nil || !reflect.DeepEqual(m, testMeta()) {
			t.Errorf("%s: %+v, %v", c.name, m, err)
		}
	}
}
