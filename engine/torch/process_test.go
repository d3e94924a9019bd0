//go:build torch && linux

package torch

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/amdim/amdim/engine/enginetest"
)

// TestMain runs the process of a group when the test, or a launcher, started it as one.
func TestMain(m *testing.M) {
	if name := os.Getenv("AMDIM_TEST_MEMBER"); name != "" {
		if err := runMember(name); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// tasks are what the processes of a group do.
var tasks = map[string]func(*Library, *Group) error{
	"collectives": collectives,
	"large":       large,
	"twice":       twice,
	"endless":     endless,
	"attempts":    attempts,
	"latency":     latency,
	"share f32":   share(F32),
	"share f64":   share(F64),
	"share bf16":  share(BF16),
}

func runMember(name string) error {
	p, _, err := PlaceFromEnvironment()
	if err != nil {
		return err
	}
	if p.Timeout, err = time.ParseDuration(os.Getenv("AMDIM_TEST_TIMEOUT")); err != nil {
		p.Timeout = 20 * time.Second
	}
	lib, err := Open("")
	if err != nil {
		return err
	}
	if os.Getenv("AMDIM_TEST_GATE") != "" { // so that loading counts for no time limit
		fmt.Println("loaded")
		fmt.Scanln()
	}
	g, err := lib.Join(p)
	if err != nil {
		return err
	}
	if err := tasks[name](lib, g); err != nil {
		return err
	}
	return g.Close()
}

// library is the shim; where nobody says where it is and it is not there, the test is skipped.
func library(t testing.TB) *Library {
	t.Helper()
	if _, err := find(""); err != nil && os.Getenv("AMDIM_TORCH_LIBRARY") == "" {
		t.Skip(err)
	}
	l, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// process is one of a group, started by the test.
type process struct {
	*exec.Cmd
	gate  io.WriteCloser
	lines *bufio.Reader
	err   strings.Builder
}

// start starts this test's binary as a process of a group; it waits for release.
func start(t testing.TB, task string, p Place, environment ...string) *process {
	t.Helper()
	c := &process{Cmd: exec.Command(os.Args[0])}
	if p.Master == "" {
		p.Master = "127.0.0.1"
	}
	c.Env = append(os.Environ(), "AMDIM_TEST_MEMBER="+task, "AMDIM_TEST_GATE=1", "OMP_NUM_THREADS=1",
		fmt.Sprint("RANK=", p.Rank), fmt.Sprint("WORLD_SIZE=", p.Size),
		"MASTER_ADDR="+p.Master, fmt.Sprint("MASTER_PORT=", p.Port))
	if p.Timeout != 0 {
		c.Env = append(c.Env, fmt.Sprint("AMDIM_TEST_TIMEOUT=", p.Timeout))
	}
	c.Env = append(c.Env, environment...)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if c.gate, err = c.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	c.lines, c.Stderr = bufio.NewReader(out), &c.err
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Process.Kill(); c.Wait() })
	return c
}

// startGroup starts all processes of a group on this host.
func startGroup(t testing.TB, task string, p Place, environment ...string) []*process {
	t.Helper()
	library(t)
	p.Port = enginetest.FreePort(t)
	group := make([]*process, p.Size)
	for p.Rank = range group {
		group[p.Rank] = start(t, task, p, environment...)
	}
	release(t, group...)
	return group
}

// expect reads a line that each process prints.
func expect(t testing.TB, want string, group ...*process) {
	t.Helper()
	for i, c := range group {
		if line, err := c.lines.ReadString('\n'); line != want+"\n" {
			t.Fatalf("process %d: %q, %v: %s", i, line, err, c.err.String())
		}
	}
}

// release lets processes join when all have loaded torch.
func release(t testing.TB, group ...*process) {
	t.Helper()
	expect(t, "loaded", group...)
	for _, c := range group {
		c.gate.Close()
	}
}

// wait returns what the process printed from here on, and its error.
func (c *process) wait() (string, error) {
	out, _ := io.ReadAll(c.lines)
	err := c.Wait()
	return strings.TrimSpace(string(out)), err
}

// succeed fails the test where a process failed.
func succeed(t *testing.T, group []*process) {
	t.Helper()
	for rank, c := range group {
		if out, err := c.wait(); err != nil {
			t.Errorf("rank %d: %v: %s\n%s", rank, err, out, c.err.String())
		}
	}
}

// failWith fails the test unless the process ended with an error of one line that has all words.
func failWith(t *testing.T, c *process, words ...string) {
	t.Helper()
	out, err := c.wait()
	if err == nil || c.ProcessState.ExitCode() != 1 || strings.Contains(out, "\n") {
		t.Errorf("%v, want one line and exit status 1:\n%s\n%s", err, out, c.err.String())
	}
	for _, w := range words {
		if !strings.Contains(out, w) {
			t.Errorf("%q is not in: %s", w, out)
		}
	}
	for line := range strings.Lines(c.err.String()) {
		if !strings.Contains(line, greeting) {
			t.Errorf("on standard error: %s", line)
		}
	}
}

// greeting is what the Gloo of recent libtorch says of every group, and cannot be told not to.
const greeting = "] INFO Rank "
