package hosts

import (
	"net"
	"testing"
)

func TestNameStandsBeforeThePort(t *testing.T) {
	for host, want := range map[string]string{
		"a.example:80": "a.example", "a.example": "a.example", "[::1]:80": "::1", "[::1]": "::1", "::1": "::1",
		":80": "", "": "",
	} {
		if got := Name(host); got != want {
			t.Errorf("%q: %q, want %q", host, got, want)
		}
	}
}

func TestURLAndRemote(t *testing.T) {
	for _, c := range []struct {
		ip     string
		url    string
		remote bool
	}{
		{"127.0.0.1", "http://127.0.0.1:80", false},
		{"::1", "http://[::1]:80", false},
		{"0.0.0.0", "http://localhost:80", true},
		{"::", "http://localhost:80", true},
		{"10.1.2.3", "http://10.1.2.3:80", true},
	} {
		a := &net.TCPAddr{IP: net.ParseIP(c.ip), Port: 80}
		if URL(a) != c.url || Remote(a) != c.remote {
			t.Errorf("%s: %s, remote %v; want %s, %v", c.ip, URL(a), Remote(a), c.url, c.remote)
		}
	}
}
