//go:build torch && linux

package main

import (
	"bytes"
	"fmt"
	"math"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/amdim/amdim/engine/enginetest"
)

// member starts amdim as one of two processes that meet at the port.
func member(t *testing.T, messages *bytes.Buffer, port, rank int, args ...string) <-chan struct{} {
	t.Helper()
	for name, v := range map[string]int{"WORLD_SIZE": 2, "RANK": rank, "MASTER_PORT": port} {
		t.Setenv(name, fmt.Sprint(v))
	}
	t.Setenv("MASTER_ADDR", "127.0.0.1")
	return wait(process(t, messages, args...))
}

func needLibrary(t *testing.T) {
	t.Helper()
	if os.Getenv("AMDIM_TORCH_LIBRARY") == "" {
		t.Skip("AMDIM_TORCH_LIBRARY does not name the shim that make torch builds")
	}
}

// Two processes, of either engine, make the losses of one.
func TestTwoProcessesTrainAsOne(t *testing.T) {
	needLibrary(t)
	dir := t.TempDir()
	alone := filepath.Join(dir, "alone")
	if _, _, err := execute(tiny(alone, "--precision", "f32")...); err != nil {
		t.Fatal(err)
	}
	want := withoutClock(t, alone)
	for _, engine := range []string{"cpu", "torch"} {
		run := filepath.Join(dir, engine)
		args := tiny(run, "--precision", "f32", "--engine", engine)
		port := enginetest.FreePort(t)
		var messages [2]bytes.Buffer
		first := member(t, &messages[0], port, 0, args...)
		second := member(t, &messages[1], port, 1, args...)
		<-first
		<-second
		records := withoutClock(t, run)
		if len(records) != len(want) {
			t.Fatalf("%s: %d records, want %d\n%s%s", engine, len(records), len(want), &messages[0], &messages[1])
		}
		for i, r := range records[:5] { // from there rounding grows
			if d := math.Abs(r.Loss - want[i].Loss); !(d < 1e-3) || r.World != 2 {
				t.Errorf("%s, update %d: loss %g in %d processes, %g in one",
					engine, r.Step, r.Loss, r.World, want[i].Loss)
			}
		}
	}
}

// A launcher starts the same command again after a loss; another engine may go on.
func TestAGroupGoesOnAfterALoss(t *testing.T) {
	needLibrary(t)
	run := filepath.Join(t.TempDir(), "run")
	args := slower(run, "--precision", "f32", "--engine", "torch", "--resume=auto")
	port := enginetest.FreePort(t)
	var messages [2]bytes.Buffer
	first := member(t, &messages[0], port, 0, args...)
	t.Setenv("RANK", "1")
	lost := process(t, &messages[1], args...)
	await(run, 5, first)
	lost.Process.Kill()
	lost.Wait()
	<-first
	if text := messages[0].String(); !strings.Contains(text, "lost its connection to rank 1") ||
		!strings.Contains(text, "holds update") {
		t.Errorf("rank 0 says %q", text)
	}
	for _, name := range []string{"WORLD_SIZE", "RANK"} {
		os.Unsetenv(name)
	}
	if _, _, err := execute(slower(run, "--precision", "f32", "--resume=auto")...); err != nil {
		t.Fatal(err)
	}
	if records := withoutClock(t, run); records[len(records)-1].Step != 60 {
		t.Errorf("the run ended at %+v", records[len(records)-1])
	}
}

// A process that waits for the others ends when it is told to, not at its time limit.
func TestAProcessThatWaitsForOthersCanBeStopped(t *testing.T) {
	needLibrary(t)
	l, err := net.Listen("tcp", "127.0.0.1:0") // rank 0, which says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var messages bytes.Buffer
	for name, v := range map[string]string{
		"WORLD_SIZE": "2", "RANK": "1", "MASTER_ADDR": "127.0.0.1",
		"MASTER_PORT": fmt.Sprint(l.Addr().(*net.TCPAddr).Port),
	} {
		t.Setenv(name, v)
	}
	c := process(t, &messages, tiny(filepath.Join(t.TempDir(), "run"), "--group-timeout", "5m")...)
	done := wait(c)
	came, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer came.Close()
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-done
	if code := c.ProcessState.ExitCode(); code != exitStopped ||
		!strings.Contains(messages.String(), "before all processes of the group had come") {
		t.Errorf("exit code %d: %s", code, &messages)
	}
}
