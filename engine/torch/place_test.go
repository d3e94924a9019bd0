package torch

import (
	"strings"
	"testing"
	"time"
)

var launcherVariables = []string{"RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT"}

// setEnvironment sets the variables of launchers, "-" for those that are not there.
func setEnvironment(t *testing.T, values string) {
	t.Helper()
	for i, v := range strings.Fields(values) {
		t.Setenv(launcherVariables[i], strings.TrimPrefix(v, "-"))
	}
}

func TestTimeoutsThatLibtorchCannotWait(t *testing.T) {
	const day = 24 * time.Hour
	for d, good := range map[time.Duration]bool{
		-5 * time.Minute: false, 0: false, time.Millisecond: false, time.Second: true, 10 * time.Minute: true,
		24 * day: true, 24*day + 1: false, 600 * time.Hour: false,
	} {
		if err := CheckTimeout(d); (err == nil) != good {
			t.Errorf("%s: %v", d, err)
		}
	}
}

func TestPlaceIsWhatTheLauncherSet(t *testing.T) {
	for _, c := range []struct {
		environment string
		want        Place
		found       bool
	}{
		{"- - - - -", Place{}, false},
		{"- - 1 host 29500", Place{}, false},
		{"3 4 1 node0 29500", Place{Rank: 3, Size: 4, LocalRank: 1, Master: "node0", Port: 29500}, true},
		{"1 2 - ::1 1", Place{Rank: 1, Size: 2, Master: "::1", Port: 1}, true},
		{"1 2 - [::1] 1", Place{Rank: 1, Size: 2, Master: "::1", Port: 1}, true},
		{"0 1 0 host 29500", Place{Size: 1, Master: "host", Port: 29500}, false},
		{"- 1 - - -", Place{Size: 1}, false},
	} {
		setEnvironment(t, c.environment)
		if p, found, err := PlaceFromEnvironment(); p != c.want || found != c.found || err != nil {
			t.Errorf("%s: %+v, %v, %v", c.environment, p, found, err)
		}
	}
}

func TestPlaceNamesTheVariableThatIsWrong(t *testing.T) {
	for _, c := range []struct{ environment, want string }{
		{"- 4 0 host 29500", "RANK is not"},
		{"0 - 0 host 29500", "WORLD_SIZE is not"},
		{"0 4 0 - 29500", "MASTER_ADDR is not"},
		{"0 4 0 host -", "MASTER_PORT is not"},
		{"one 4 0 host 29500", "RANK=one "},
		{"4 4 0 host 29500", "RANK=4 and WORLD_SIZE=4"},
		{"1 1 0 - -", "RANK=1 and WORLD_SIZE=1"},
		{"0 0 0 host 29500", "WORLD_SIZE=0 "},
		{"0 4 0 host 65536", "MASTER_PORT=65536 "},
		{"0 4 x host 29500", "LOCAL_RANK=x "},
		{"0 99999999999999999999 0 host 29500", "WORLD_SIZE=99999999999999999999 "},
	} {
		setEnvironment(t, c.environment)
		_, found, err := PlaceFromEnvironment()
		if !found || err == nil || !strings.HasPrefix(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, %v, want %q", c.environment, found, err, c.want)
		}
	}
}
