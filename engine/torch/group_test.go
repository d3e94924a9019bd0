//go:build torch && linux

package torch

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestMain runs the process of a group when the test started it as one.
func TestMain(m *testing.M) {
	if name := os.Getenv("AMDIM_TEST_MEMBER"); name != "" {
		if err := member(name); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// members are what the processes of a group do.
var members = map[string]func(*Group) error{"collectives": collectives}

func member(name string) error {
	rank, _ := strconv.Atoi(os.Getenv("RANK"))
	size, _ := strconv.Atoi(os.Getenv("WORLD_SIZE"))
	port, _ := strconv.Atoi(os.Getenv("MASTER_PORT"))
	lib, err := Open("")
	if err != nil {
		return err
	}
	g, err := lib.Join(Place{Rank: rank, Size: size, Master: "127.0.0.1", Port: port, Timeout: 20 * time.Second})
	if err != nil {
		return err
	}
	if err := members[name](g); err != nil {
		return err
	}
	return g.Close()
}

// library is the shim; without it the test is skipped.
func library(t *testing.T) *Library {
	t.Helper()
	if _, err := find(""); err != nil {
		t.Skip(err)
	}
	l, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// runGroup starts the processes of a group and returns what each printed; one that
// fails fails the test.
func runGroup(t *testing.T, name string, size int) []string {
	t.Helper()
	library(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	commands := make([]*exec.Cmd, size)
	out := make([]strings.Builder, size)
	for rank := range commands {
		c := exec.Command(os.Args[0])
		c.Env = append(os.Environ(), "AMDIM_TEST_MEMBER="+name, fmt.Sprint("RANK=", rank),
			fmt.Sprint("WORLD_SIZE=", size), fmt.Sprint("MASTER_PORT=", port))
		c.Stdout, c.Stderr = &out[rank], &out[rank]
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		commands[rank] = c
	}
	texts := make([]string, size)
	for rank, c := range commands {
		err := c.Wait()
		if texts[rank] = out[rank].String(); err != nil {
			t.Errorf("rank %d: %v: %s", rank, err, texts[rank])
		}
	}
	return texts
}

func TestCollectives(t *testing.T) { runGroup(t, "collectives", 3) }

func collectives(g *Group) error {
	r := float32(g.Rank())
	v := []float32{1, r}
	if err := g.Sum(v); err != nil || !slices.Equal(v, []float32{3, 3}) {
		return fmt.Errorf("sum %v, %v", v, err)
	}
	all := make([]float32, 6)
	if err := g.Gather(all, []float32{r, -r}); err != nil || !slices.Equal(all, []float32{0, 0, 1, -1, 2, -2}) {
		return fmt.Errorf("gather %v, %v", all, err)
	}
	texts, err := g.Exchange(strings.Repeat("x", 10*g.Rank()))
	if err != nil || len(texts) != 3 || texts[0] != "" || texts[2] != strings.Repeat("x", 20) {
		return fmt.Errorf("exchange %q, %v", texts, err)
	}
	return nil
}
