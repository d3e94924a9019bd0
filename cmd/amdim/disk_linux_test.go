package main

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/amdim/amdim/train"
)

// ownMounts names the variable that tells a test that it runs in a mount
// namespace of its own.
const ownMounts = "AMDIM_TEST_OWN_MOUNTS"

// withOwnMounts runs a test in a process whose mounts nobody else sees: as root,
// or as root of a user namespace. It reports whether this is that process.
func withOwnMounts(t *testing.T) bool {
	t.Helper()
	if os.Getenv(ownMounts) != "" {
		return true
	}
	if testing.Short() {
		t.Skip("starts a process")
	}
	for _, user := range []bool{false, true} {
		c := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
		c.Env = append(os.Environ(), ownMounts+"=1")
		c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
		if user {
			c.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
			c.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
			c.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
		}
		out, err := c.CombinedOutput()
		var ended *exec.ExitError
		switch {
		case err == nil && strings.Contains(string(out), "--- SKIP"), err != nil && !errors.As(err, &ended):
			continue // not allowed: another way may be
		case err != nil:
			t.Fatalf("%s", out)
		}
		return false
	}
	t.Skip("no right to mount, neither as root nor in a user namespace")
	return false
}

// mount mounts a file system of memory.
func mount(t *testing.T, dir, options string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("", "/", "", syscall.MS_PRIVATE|syscall.MS_REC, ""); err != nil {
		t.Skip("mount:", err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
		t.Skip("mount:", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
}

// fill leaves no room in a file system.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for size := 1 << 16; size > 0; size /= 2 {
		for err = nil; err == nil; {
			_, err = f.Write(make([]byte, size))
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
	}
}

// A run whose disk gets full ends with one line, its last checkpoint is whole,
// and with room again it goes on to the bytes of a run never stopped.
func TestFullDiskKeepsTheCheckpoint(t *testing.T) {
	if !withOwnMounts(t) {
		return
	}
	whole, disk := filepath.Join(t.TempDir(), "whole"), filepath.Join(t.TempDir(), "disk")
	mount(t, disk, "size=4m")
	run, filler := filepath.Join(disk, "run"), filepath.Join(disk, "filler")
	for _, args := range [][]string{tiny(whole), tiny(run, "--max-steps", "7")} {
		if _, _, err := execute(args...); err != nil {
			t.Fatal(err)
		}
	}
	before := read(t, train.CheckpointPath(run))
	fill(t, filler)
	_, _, err := execute("pretrain", "--resume", "--out", run)
	if err == nil || exitCode(err) != exitFailure || strings.Contains(err.Error(), "\n") {
		t.Fatalf("exit code %d, %v", exitCode(err), err)
	}
	t.Log(err)
	again := "make room, then run amdim pretrain --resume --out " + run
	for _, want := range []string{run, "no space left", again} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\n\tlacks %q", err, want)
		}
	}
	_, _, err = execute(tiny(filepath.Join(disk, "new"))...)
	if err == nil || !strings.HasSuffix(err.Error(), "make room, then run "+commandLine()) {
		t.Errorf("%v\n\tlacks the command to begin with", err)
	}
	if read(t, train.CheckpointPath(run)) != before {
		t.Error("the checkpoint is another one")
	}
	if left, _ := filepath.Glob(filepath.Join(run, "*.tmp")); left != nil {
		t.Errorf("left %q", left)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"inspect", run, "--verify"}, tiny(run, "--resume")} {
		if _, _, err := execute(args...); err != nil {
			t.Fatal(err)
		}
	}
	if read(t, train.CheckpointPath(whole)) != read(t, train.CheckpointPath(run)) {
		t.Error("the run went on to other bytes")
	}
	if a, b := withoutClock(t, whole), withoutClock(t, run); len(a) != len(b) {
		t.Errorf("%d records, want %d", len(b), len(a))
	}
}

// A disk that becomes read-only is named by every verb that writes.
func TestReadOnlyDiskIsNamed(t *testing.T) {
	if !withOwnMounts(t) {
		return
	}
	disk := filepath.Join(t.TempDir(), "disk")
	mount(t, disk, "size=4m")
	run := filepath.Join(disk, "run")
	for _, args := range [][]string{
		tiny(run, "--max-steps", "7"),
		{"embed", "--model", run, "--data", "shapes:train=22,test=1", "--out", filepath.Join(disk, "shapes.npy")},
	} {
		if _, _, err := execute(args...); err != nil {
			t.Fatal(err)
		}
	}
	before := read(t, train.CheckpointPath(run))
	if err := syscall.Mount("", disk, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Skip("mount:", err)
	}
	index := filepath.Join(disk, "shapes.npy")
	for _, c := range []struct {
		args []string
		want string
	}{
		{tiny(filepath.Join(disk, "new")), "new"},
		{tiny(run, "--overwrite"), "run"},
		{[]string{"pretrain", "--resume", "--out", run}, "run"},
		{[]string{"demo", "--out", filepath.Join(disk, "new")}, "new"},
		{[]string{"report", run}, "report.html"},
		{[]string{"embed", "--model", run, "--data", fewShapes, "--out", filepath.Join(disk, "x.npy")}, "x.npy"},
		{[]string{"search", "--index", index, "--duplicates", "--sheet", filepath.Join(disk, "x.png")}, "x.png"},
	} {
		_, _, err := execute(c.args...)
		if err == nil || !errors.Is(err, syscall.EROFS) && !strings.Contains(err.Error(), "read-only") ||
			!strings.Contains(err.Error(), c.want) || exitCode(err) != exitFailure {
			t.Errorf("%q: exit code %d, %v, want %q", c.args, exitCode(err), err, c.want)
		}
		t.Log(err)
	}
	_, messages, err := execute("eval", "--model", run, "--data", fewShapes, "--protocol", "knn", "--k", "5",
		"--no-baselines")
	if err != nil || !strings.Contains(messages, "note: the result could not be kept in the run: ") {
		t.Errorf("eval in a run that may be read: %v, messages %q", err, messages)
	}
	if read(t, train.CheckpointPath(run)) != before {
		t.Error("the checkpoint is another one")
	}
	if _, err := os.Stat(filepath.Join(disk, "new")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a folder was made")
	}
}
