package rawtext

import "testing"

func TestATextIsGivenBackAsItWas(t *testing.T) {
	for _, text := range []string{"", "folder:café", "caf\xe9", "\xff", "\uFFFD", "a\x00b", "\xed\xa0\x80"} {
		raw, inJSON := Bytes(text), InJSON(text)
		if (raw == nil) != (inJSON == text) {
			t.Errorf("%q: bytes %q beside it", text, raw)
		}
		if got := Text(inJSON, raw); got != text {
			t.Errorf("%q is given back as %q", text, got)
		}
	}
}
