package hosts

import (
	"os"
	"testing"
)

// own is the name of this machine.
func own(t *testing.T) string {
	t.Helper()
	name, err := os.Hostname()
	if err != nil {
		t.Skip(err)
	}
	return name
}

func TestOnlyOwnNamesAreAllowed(t *testing.T) {
	g := Guard{Names: []string{"gpu1.example"}}
	for host, want := range map[string]bool{
		"127.0.0.1": true, "127.0.0.1:8080": true, "10.1.2.3:80": true, "[::1]:8080": true, "[::1]": true,
		"localhost": true, "LocalHost:1": true, "gpu1.example:8080": true, "GPU1.example": true,
		"evil.example": false, "evil.example:8080": false, "127.0.0.1.evil.example": false,
		"localhost.evil.example:80": false, "x.gpu1.example": false, "": false, ":8080": false,
		own(t) + ":8080": true, own(t) + ".local": true, own(t) + ".evil.example": false,
	} {
		if got := g.Allows(host); got != want {
			t.Errorf("%q: %v", host, got)
		}
	}
}

// The address ":8080" names no host: it must not allow requests that name none.
func TestAnEmptyNameAllowsNothing(t *testing.T) {
	g := Guard{Names: []string{Name(":8080")}}
	for _, host := range []string{"", ":8080", "evil.example"} {
		if g.Allows(host) {
			t.Errorf("%q is allowed", host)
		}
	}
}
