package main

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/train"
)

// TestMain lets the test binary stand for the program: tests that kill or
// interrupt need a process of their own.
func TestMain(m *testing.M) {
	if os.Getenv("AMDIM_RUN_MAIN") != "" {
		main()
	}
	os.Exit(m.Run())
}

// process starts amdim.
func process(t *testing.T, messages *bytes.Buffer, args ...string) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0], args...)
	c.Env = append(os.Environ(), "AMDIM_RUN_MAIN=1")
	c.Stderr = messages
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return c
}

// slower is a run of 60 updates, long enough to be hit in the middle.
func slower(out string, more ...string) []string {
	return tiny(out, append([]string{"--epochs", "12", "--checkpoint-steps", "3"}, more...)...)
}

// await returns when the metrics in folder have the given number of lines, or
// when the process has ended, which closes done.
func await(folder string, lines int, done <-chan struct{}) {
	for {
		text, _ := os.ReadFile(train.MetricsPath(folder))
		if bytes.Count(text, []byte{'\n'}) >= lines {
			return
		}
		select {
		case <-done:
			return
		case <-time.After(time.Millisecond):
		}
	}
}

// wait ends with the process.
func wait(c *exec.Cmd) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		c.Wait()
		close(done)
	}()
	return done
}

// readMeta is what a checkpoint says, whose arrays are as they were written.
func readMeta(path string) (checkpoint.Meta, error) {
	r, err := checkpoint.Open(path)
	if err != nil {
		return checkpoint.Meta{}, err
	}
	defer r.Close()
	return r.Run()
}

// withoutClock drops what differs between two equal runs.
func withoutClock(t *testing.T, folder string) []train.Record {
	t.Helper()
	records, err := train.ReadMetrics(train.MetricsPath(folder))
	if err != nil {
		t.Fatal(err)
	}
	for i := range records {
		records[i].PairsPerSecond, records[i].WaitShare, records[i].Seconds = 0, 0, 0
	}
	return records
}

func TestKilledRunResumesToTheSameBytes(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	whole, killed := filepath.Join(t.TempDir(), "whole"), filepath.Join(t.TempDir(), "killed")
	var messages bytes.Buffer
	if <-wait(process(t, &messages, slower(whole)...)); len(withoutClock(t, whole)) != 60 {
		t.Fatalf("the whole run ended with %s", &messages)
	}
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	args := slower(killed)
	kills := 0
	for at := 1 + r.IntN(12); at < 60; at += 1 + r.IntN(24) {
		messages.Reset()
		c := process(t, &messages, args...)
		done := wait(c)
		await(killed, at, done)
		c.Process.Kill()
		<-done
		kills++
		args = slower(killed, "--resume")
	}
	messages.Reset()
	<-wait(process(t, &messages, slower(killed, "--resume")...))
	if read(t, train.CheckpointPath(whole)) != read(t, train.CheckpointPath(killed)) {
		t.Errorf("seed %d, %d kills: checkpoints differ; last messages: %s", seed, kills, &messages)
	}
	a, b := withoutClock(t, whole), withoutClock(t, killed)
	if len(a) != len(b) {
		t.Fatalf("seed %d: %d records, want %d", seed, len(b), len(a))
	}
	for i := range a {
		if a[i].Step != b[i].Step || a[i].Loss != b[i].Loss || a[i].GradNorm != b[i].GradNorm {
			t.Errorf("seed %d: record %d is %+v, want %+v", seed, i, b[i], a[i])
		}
	}
}

func TestInterruptWritesACheckpointAndSaysHowToGoOn(t *testing.T) {
	if testing.Short() || runtime.GOOS == "windows" {
		t.Skip("sends a signal to a process")
	}
	dir := filepath.Join(t.TempDir(), "run")
	var messages bytes.Buffer
	c := process(t, &messages, slower(dir, "--epochs", "1000", "--checkpoint-steps", "0")...)
	done := wait(c)
	await(dir, 4, done)
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	<-done
	if code := c.ProcessState.ExitCode(); code != exitStopped {
		t.Errorf("exit code %d, want %d", code, exitStopped)
	}
	if want := "to continue: amdim pretrain --resume --out " + dir; !strings.Contains(messages.String(), want) {
		t.Errorf("messages %q, want %q", &messages, want)
	}
	m, err := readMeta(train.CheckpointPath(dir))
	records := withoutClock(t, dir)
	if err != nil || m.Step != records[len(records)-1].Step {
		t.Errorf("checkpoint of update %d, %v, the last record is %+v", m.Step, err, records[len(records)-1])
	}
}
