package rawtext

import (
	"strings"
	"testing"
)

func TestATextIsGivenBackAsItWas(t *testing.T) {
	for _, text := range []string{"", "folder:café", "caf\xe9", "\xff", "\uFFFD", "a\x00b", "\xed\xa0\x80"} {
		raw, inJSON := Bytes(text), strings.ToValidUTF8(text, "\uFFFD") // as JSON holds it
		if (raw == nil) != (inJSON == text) {
			t.Errorf("%q: bytes %q beside it", text, raw)
		}
		if got := Text(inJSON, raw); got != text {
			t.Errorf("%q is given back as %q", text, got)
		}
	}
}
