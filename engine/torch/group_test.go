//go:build torch && linux

package torch

import (
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"net"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/amdim/amdim/engine/enginetest"
)

func TestCollectives(t *testing.T) {
	for _, size := range []int{3, 4, 6} {
		succeed(t, startGroup(t, "collectives", Place{Size: size}))
	}
}

func collectives(_ *Library, g *Group) error {
	if n := g.LocalSize(); n != g.Size() {
		return fmt.Errorf("%d of %d processes on this host", n, g.Size())
	}
	if n, want := g.LocalThreads(), threadsOf(runtime.GOMAXPROCS(0), g.Size()); n != want {
		return fmt.Errorf("%d threads, want %d", n, want)
	}
	r := float32(g.Rank())
	v := []float32{1, r}
	if err := g.Sum(v); err != nil || !slices.Equal(v, sums(g.Size())) {
		return fmt.Errorf("sum %v, %v", v, err)
	}
	all := make([]float32, 2*g.Size())
	if err := g.Gather(all, []float32{r, -r}); err != nil {
		return err
	}
	for i, got := range all {
		if want := []float32{float32(i / 2), -float32(i / 2)}[i%2]; got != want {
			return fmt.Errorf("gather %v", all)
		}
	}
	if err := g.Sum(nil); err != nil {
		return err
	}
	if err := g.Gather(nil, nil); err != nil {
		return err
	}
	text := func(rank int) string { return strings.Repeat(fmt.Sprint(rank), 10_000*rank) }
	texts, err := g.Exchange(text(g.Rank()))
	if err != nil || len(texts) != g.Size() {
		return fmt.Errorf("exchange: %d texts, %v", len(texts), err)
	}
	for rank, got := range texts {
		if got != text(rank) {
			return fmt.Errorf("exchange: %d bytes of rank %d", len(got), rank)
		}
	}
	return nil
}

// sums is of {1, rank} over the ranks.
func sums(size int) []float32 { return []float32{float32(size), float32(size * (size - 1) / 2)} }

// All ranks must get the same bytes, else their weights drift apart.
func TestSumIsTheSameBytesInEachProcess(t *testing.T) {
	succeed(t, startGroup(t, "large", Place{Size: 3}))
}

func large(_ *Library, g *Group) error {
	for _, n := range []int{1001, 3_000_001} { // sent from each to each, and around a ring
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(math.Sin(float64(i * (g.Rank() + 1)))) // sums of these depend on the order
		}
		if err := g.Sum(v); err != nil {
			return err
		}
		h := fnv.New64()
		h.Write(bytesOf(v))
		hashes, err := g.Exchange(fmt.Sprint(h.Sum64()))
		if err != nil {
			return err
		}
		if len(slices.Compact(hashes)) != 1 {
			return fmt.Errorf("sums of %d numbers differ: %v", n, hashes)
		}
		if err := g.Gather(make([]float32, g.Size()*n), v); err != nil {
			return err
		}
	}
	return nil
}

// A rank 0 on another host connects to the store of the first one, which is its MASTER_ADDR.
func TestASecondLeaderIsRefused(t *testing.T) {
	p := Place{Size: 2, Master: "127.0.0.1", Port: enginetest.FreePort(t)}
	s, err := library(t).openStore(p, time.Now().Add(20*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	if err := s.set("leader", "the first"); err != nil {
		t.Fatal(err)
	}
	_, err = rendezvous{s, p, newMember(p)}.meet()
	if err == nil || !strings.Contains(err.Error(), "two were started as rank 0") {
		t.Errorf("error %v", err)
	}
	if leader, err := s.get("leader"); leader != "the first" {
		t.Errorf("%q leads, %v", leader, err)
	}
}

// A second rank 0 that finds the port free may lose it before torch listens there.
func TestPortTakenMeanwhileIsNamed(t *testing.T) {
	l, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	p := Place{Size: 2, Master: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port}
	late := errors.New("torch: has failed to listen")
	if err := notServed(p, late); !strings.Contains(err.Error(), "is taken on this host") {
		t.Errorf("a taken port: %v", err)
	}
	l.Close()
	err = notServed(p, late)
	if !errors.Is(err, late) || !strings.Contains(err.Error(), "MASTER_ADDR must lead") {
		t.Errorf("a free port: %v", err)
	}
}

func TestProcessesJoinAgain(t *testing.T) { succeed(t, startGroup(t, "twice", Place{Size: 2})) }

// The second time they meet at a port that rank 0 finds: the first store may not be gone yet.
func twice(lib *Library, g *Group) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	l.Close()
	ports, err := g.Exchange(fmt.Sprint(l.Addr().(*net.TCPAddr).Port))
	if err != nil {
		return err
	}
	if err := g.Close(); err != nil {
		return err
	}
	next := g.place
	if next.Port, err = strconv.Atoi(ports[0]); err != nil {
		return err
	}
	again, err := lib.Join(next)
	if err != nil {
		return err
	}
	if err := collectives(lib, again); err != nil {
		return err
	}
	return again.Close()
}

func TestGroupOverIPv6(t *testing.T) {
	l, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Skip(err)
	}
	l.Close()
	succeed(t, startGroup(t, "collectives", Place{Size: 2, Master: "::1"}))
}

func TestInterfaceIsTheOneAskedFor(t *testing.T) {
	succeed(t, startGroup(t, "collectives", Place{Size: 2}, "GLOO_SOCKET_IFNAME=lo"))
	for _, c := range startGroup(t, "collectives", Place{Size: 2}, "GLOO_SOCKET_IFNAME=eth77") {
		failWith(t, c, "GLOO_SOCKET_IFNAME=eth77")
	}
}

// attempts says which attempt of a launcher this is; in the first rank 1 dies.
func attempts(lib *Library, g *Group) error {
	if err := collectives(lib, g); err != nil {
		return err
	}
	attempt := os.Getenv("TORCHELASTIC_RESTART_COUNT")
	if attempt == "0" && g.Rank() == 1 {
		if self, err := os.FindProcess(os.Getpid()); err == nil {
			self.Kill()
		}
		select {}
	}
	if err := collectives(lib, g); err != nil {
		return err
	}
	fmt.Printf("rank %d of %d, attempt %s: the group works\n", g.Rank(), g.Size(), attempt)
	return nil
}
