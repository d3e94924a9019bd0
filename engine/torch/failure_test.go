//go:build torch && linux

package torch

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/enginetest"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/tensor"
)

// endless sums until it fails.
func endless(_ *Library, g *Group) error {
	v := make([]float32, 1000)
	for i := 0; ; i++ {
		if err := g.Sum(v); err != nil {
			return fmt.Errorf("%w%v", err, closed(g))
		}
		if i == 5 {
			fmt.Println("ready")
		}
	}
}

// closed closes a group that is lost: that neither waits nor fails.
func closed(g *Group) string {
	if err := g.Close(); err != nil {
		return "; close: " + err.Error()
	}
	return ""
}

func TestKilledProcessIsNoticedAtOnce(t *testing.T) {
	t.Parallel()
	group := startGroup(t, "endless", Place{Size: 3, Timeout: time.Minute})
	expect(t, "ready", group...)
	began := time.Now()
	group[2].Process.Kill()
	for _, c := range group[:2] {
		failWith(t, c, "a process of the group is gone", "lost its connection to rank", "by peer")
	}
	if d := time.Since(began); d > 20*time.Second {
		t.Errorf("after %s", d)
	}
}

func TestStoppedProcessIsNoticedAfterTheTimeLimit(t *testing.T) {
	t.Parallel()
	group := startGroup(t, "endless", Place{Size: 2, Timeout: 2 * time.Second})
	expect(t, "ready", group...)
	group[1].Process.Signal(syscall.SIGSTOP)
	failWith(t, group[0], "rank 0 of 2 waited 2s for the other processes")
}

func TestJoinNamesThoseThatDidNotCome(t *testing.T) {
	t.Parallel()
	library(t)
	p := Place{Size: 4, Timeout: time.Second, Port: enginetest.FreePort(t)}
	first := start(t, "collectives", p)
	p.Rank = 2
	second := start(t, "collectives", p)
	release(t, first, second)
	failWith(t, first, "as rank 0 of 4", "2 of 4 processes did not come within 1s: rank 1, 3")
	failWith(t, second, "as rank 2 of 4", "2 of 4 processes did not come within 1s: rank 1, 3")
}

func TestJoinNamesDisagreement(t *testing.T) {
	library(t)
	port := enginetest.FreePort(t)
	var group []*process
	for _, p := range []Place{{Rank: 0, Size: 2}, {Rank: 1, Size: 3}} {
		p.Timeout, p.Port = time.Minute, port
		group = append(group, start(t, "collectives", p))
	}
	release(t, group...)
	failWith(t, group[0], "one of 2 processes", "as one of 3", "WORLD_SIZE")
	failWith(t, group[1], "one of 2 processes", "as one of 3", "WORLD_SIZE")
}

func TestTwoProcessesOfOneRank(t *testing.T) {
	library(t)
	p := Place{Size: 2, Timeout: time.Minute, Port: enginetest.FreePort(t)}
	group := make([]*process, 4)
	for i, rank := range []int{0, 1, 1, 0} {
		p.Rank = rank
		group[i] = start(t, "endless", p)
	}
	release(t, group[:2]...)
	expect(t, "ready", group[:2]...)
	release(t, group[2:]...)
	failWith(t, group[2], "rank 1 of the group is another process already", "two were started as rank 1")
	failWith(t, group[3], fmt.Sprintf("port %d is taken", p.Port))
}

// A stopped rank 0, or another service, takes the connection and no more.
func TestJoinGivesUpOnASilentStore(t *testing.T) {
	library(t)
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	port := silent.Addr().(*net.TCPAddr).Port
	c := start(t, "collectives", Place{Rank: 1, Size: 2, Port: port, Timeout: time.Second})
	release(t, c)
	failWith(t, c, "what answers there")
}

func TestJoinErrorsAreOneLine(t *testing.T) {
	l := library(t)
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	taken := silent.Addr().(*net.TCPAddr).Port
	free := enginetest.FreePort(t)
	for _, c := range []struct {
		p    Place
		want string
	}{
		{Place{Rank: 1, Size: 2, Master: "127.0.0.1", Port: free},
			"rank 0 does not answer there after 1s (connect: connection refused)"},
		{Place{Rank: 1, Size: 2, Master: "no-such-host.invalid", Port: free},
			"the host name no-such-host.invalid is not known here"},
		{Place{Size: 2, Master: "127.0.0.1", Port: taken}, fmt.Sprintf("port %d is taken on this host", taken)},
	} {
		c.p.Timeout = time.Second
		_, err := l.Join(c.p)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%+v: %v, want %q", c.p, err, c.want)
		}
	}
}

// No process can address a value of 512 TiB.
func TestMemoryThatIsNotThereAsksForASmallerBatch(t *testing.T) {
	const rows, columns = 1 << 24, 1 << 23
	b := graph.NewBuilder("wide")
	wide := b.PadChannels("pad", b.Input("x", graph.Input{}, rows, 1, 1, 1), columns)
	b.Output("y", b.Linear("sum", b.Reshape("row", wide, columns), graph.Linear{Out: 1}, graph.FanIn()))
	p := b.Program()
	s, err := newEngine(t, F32).NewState(p.Vars, engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	exec, err := s.Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	defer exec.Close()
	in, out := tensor.NewFloat32(rows, 1, 1, 1), tensor.NewFloat32(rows, 1)
	err = exec.Forward([]tensor.Tensor{in}, []tensor.Tensor{out})
	const need = 3 << 48 // of two values of 512 TiB
	var short *engine.MemoryError
	if !errors.As(err, &short) || short.Program != "wide" || short.Rows != rows || short.Need/need != 1 {
		t.Fatal(err)
	}
	if fit := short.Fit(); short.Room > 0 && (fit < 1 || fit > 1<<14) {
		t.Errorf("%v: %d rows fit", err, fit)
	}
}

// A process that fails alone, as when its memory is short, must not wait for the
// others at the end: they are in the middle of the call.
func TestAProcessThatFailsAloneLeavesAtOnce(t *testing.T) {
	for code, broken := range map[int32]bool{
		failed: true, outOfMemory: true, groupLost: true, notFinite: false,
	} {
		g := &Group{handle: 1}
		p := graph.NewBuilder("few")
		p.Output("x", p.Input("x", graph.Input{}, 2, 3))
		e := &compiled{engine: &Engine{device: "cpu"}, p: p.Program(), group: g, handle: 1}
		if err := e.explain(&Error{Code: code, Text: "reason"}); err == nil || g.broken != broken {
			t.Errorf("code %d: %v, broken %t, want %t", code, err, g.broken, broken)
		}
	}
}
