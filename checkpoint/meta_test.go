package checkpoint

import (
	"strings"
	"testing"
)

func TestASpecKeepsItsBytes(t *testing.T) {
	for spec, bytes := range map[string]string{
		"folder:caf\xe9": `"spec_bytes":"Zm9sZGVyOmNhZuk="`, "folder:café": "", "folder:\uFFFD": "", "": "",
	} {
		m := testMeta()
		m.Data.Spec, m.Data.Quarantined = spec, 2
		meta, err := m.Encode()
		if err != nil {
			t.Fatal(err)
		}
		text := meta["amdim.data"]
		if bytes == "" && strings.Contains(text, "bytes") || !strings.Contains(text, bytes) {
			t.Errorf("%q: %s, want %s", spec, text, bytes)
		}
		r := Reader{Meta: meta}
		if got, err := r.Run(); err != nil || got.Data != m.Data {
			t.Errorf("%q: read %+v, %v", spec, got.Data, err)
		}
	}
}
