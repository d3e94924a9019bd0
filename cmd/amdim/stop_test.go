package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/amdim/amdim/embedding"
	"github.com/amdim/amdim/train"
)

// After Ctrl-C every verb ends soon, says so by its exit code and leaves nothing
// that is half done.
func TestStoppedVerbsLeaveNothing(t *testing.T) {
	badInputs(t)
	before := contents(t)
	for _, line := range []string{
		"data check folder:good",
		"plan --preset photos-tiny --data folder:good",
		"eval --model run --data folder:good --k 5",
		"report run",
		"bench --preset demo --data folder:good --seconds 0.1",
		"pretrain --preset photos-tiny --data folder:good --out new",
		"data pack folder:good --out new",
		"embed --model run --data folder:good --out new.npy",
		"search --index photos.npy --model run good/cat/0.png --sheet new.png",
	} {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		root := rootCommand()
		root.SetArgs(strings.Fields(line))
		root.SetOut(io.Discard)
		root.SetErr(io.Discard)
		err := root.ExecuteContext(ctx)
		if exitCode(err) != exitStopped || !strings.HasPrefix(told(err), "stopped") {
			t.Errorf("amdim %s: exit code %d, %v", line, exitCode(err), err)
		}
		after := contents(t)
		if len(after) != len(before) {
			t.Errorf("amdim %s: %d files, %d before", line, len(after), len(before))
		}
		for path, sum := range before {
			if after[path] != sum {
				t.Errorf("amdim %s: changed %s", line, path)
			}
		}
	}
}

// A scan of a large folder ends at Ctrl-C, whatever it is for.
func TestAStopEndsTheScanOfImages(t *testing.T) {
	dir := photoFolder(t, "images/val/1.png", "segmentations/val/1_0.png")
	spec := "bsds500:" + dir
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	set := &embedding.Set{Model: embedding.Origin{Images: spec, Split: "test"}, Names: []string{"val/1.png"}}
	root := rootCommand()
	root.SetContext(ctx)
	e := evaluate{data: spec, segmentation: segmentation{split: "test"}}
	for what, scan := range map[string]func() error{
		"a sheet": func() error {
			_, err := sheetFlags{path: "s.png", command: root}.open(set)
			return err
		},
		"segmentations": func() error { _, err := e.segmentation.open(ctx, spec); return err },
		"advice":        func() error { return e.unlabelled(ctx) },
	} {
		if err := scan(); !errors.Is(err, context.Canceled) || exitCode(err) != exitStopped {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// Images that vanish under a run stop it when they are too many; what it learnt
// is kept, and it goes on when they are back.
func TestFolderThatVanishesWhileTraining(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a process")
	}
	dir := t.TempDir()
	photos, run := filepath.Join(dir, "photos"), filepath.Join(dir, "run")
	for i := range 600 {
		put(t, filepath.Join(photos, strconv.Itoa(i)+".png"), photo(t, 8, i))
	}
	var messages bytes.Buffer
	line := smallPhotos + "--log-steps 1 --data folder:" + photos + " --out " + run
	c := process(t, &messages, strings.Fields(line)...)
	done := wait(c)
	await(run, 3, done)
	if err := os.Rename(photos, photos+"-gone"); err != nil {
		t.Fatal(err)
	}
	<-done
	if code := c.ProcessState.ExitCode(); code != exitFailure {
		t.Errorf("exit code %d", code)
	}
	for _, want := range []string{
		"too many images cannot be read", "of 600", "no such file", train.UnreadablePath(run), "repair them",
	} {
		if !strings.Contains(messages.String(), want) {
			t.Errorf("messages lack %q: %s", want, &messages)
		}
	}
	if err := os.Rename(photos+"-gone", photos); err != nil {
		t.Fatal(err)
	}
	if _, _, err := execute("inspect", run, "--verify"); err != nil {
		t.Error(err)
	}
	if list, err := train.ReadUnreadable(train.UnreadablePath(run)); err != nil || len(list) < 30 {
		t.Errorf("%d images listed, %v", len(list), err)
	}
	if _, messages, err := execute("pretrain", "--resume", "--out", run, "--max-steps", "30"); err != nil {
		t.Errorf("the folder is back: %v; %s", err, messages)
	}
}

// timeout(1) sends its signal twice, to its child and to their group of processes.
func TestTwoSignalsAtOnceAreOneStop(t *testing.T) {
	if testing.Short() || runtime.GOOS == "windows" {
		t.Skip("starts a process and sends it signals")
	}
	run := filepath.Join(t.TempDir(), "run")
	var messages bytes.Buffer
	c := process(t, &messages, slower(run)...)
	done := wait(c)
	await(run, 3, done)
	for _, s := range []os.Signal{syscall.SIGTERM, os.Interrupt} { // two of one kind may become one
		if err := c.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
	}
	<-done
	stoppedWhole(t, c, run)
	if t.Failed() {
		t.Log(&messages)
	}
}

// A lost ssh connection hangs up the terminal.
func TestAHangUpWritesACheckpoint(t *testing.T) {
	if testing.Short() || runtime.GOOS == "windows" || signal.Ignored(syscall.SIGHUP) {
		t.Skip("starts a process and hangs it up")
	}
	run := filepath.Join(t.TempDir(), "run")
	var messages bytes.Buffer
	c := process(t, &messages, slower(run, "--epochs", "1000", "--checkpoint-steps", "0")...)
	done := wait(c)
	await(run, 3, done)
	if err := c.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	<-done
	stoppedWhole(t, c, run)
	if t.Failed() {
		t.Log(&messages)
	}
}

// In "amdim pretrain 2>&1 | tee log" a signal of the terminal ends tee as well, at times
// before amdim hears of it; tee may also end alone.
func TestALostReaderOfMessagesWritesACheckpoint(t *testing.T) {
	if testing.Short() || runtime.GOOS == "windows" {
		t.Skip("starts a process with a pipe")
	}
	run := filepath.Join(t.TempDir(), "run")
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(os.Args[0], slower(run, "--epochs", "1000", "--checkpoint-steps", "0")...)
	c.Env, c.Stderr = append(os.Environ(), "AMDIM_RUN_MAIN=1"), write
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	write.Close()
	done := wait(c)
	await(run, 3, done)
	read.Close()
	<-done
	stoppedWhole(t, c, run)
}

// stoppedWhole checks that a process ended by its own stop and kept a checkpoint.
func stoppedWhole(t *testing.T, c *exec.Cmd, run string) {
	t.Helper()
	if code := c.ProcessState.ExitCode(); code != exitStopped {
		t.Errorf("ended by %v, want exit code %d", c.ProcessState, exitStopped)
	}
	if _, _, err := execute("inspect", run, "--verify"); err != nil {
		t.Errorf("no checkpoint was kept: %v", err)
	}
}

// What nohup(1) starts outlives its terminal.
func TestAHangUpThatIsIgnoredStaysSo(t *testing.T) {
	if testing.Short() || runtime.GOOS == "windows" {
		t.Skip("starts a process and hangs it up")
	}
	run := filepath.Join(t.TempDir(), "run")
	var messages bytes.Buffer
	ignoring := []string{"-c", `trap "" HUP; exec "$@"`, "sh", os.Args[0]}
	c := exec.Command("sh", append(ignoring, slower(run)...)...)
	c.Env, c.Stderr = append(os.Environ(), "AMDIM_RUN_MAIN=1"), &messages
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	done := wait(c)
	await(run, 3, done)
	if err := c.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	<-done
	if code := c.ProcessState.ExitCode(); code != 0 || len(withoutClock(t, run)) != 60 {
		t.Errorf("exit code %d: %s", code, &messages)
	}
}

func TestASecondSignalInsistsUnlessItIsAnEchoOrAHangUp(t *testing.T) {
	for _, c := range []struct {
		signal os.Signal
		after  time.Duration
		want   bool
	}{
		{os.Interrupt, echo, true}, {syscall.SIGTERM, echo, true}, {syscall.SIGHUP, echo, false},
		{os.Interrupt, echo - 1, false}, {syscall.SIGTERM, echo - 1, false}, {syscall.SIGHUP, 0, false},
	} {
		if got := insists(c.signal, c.after); got != c.want {
			t.Errorf("%v after %v: %t", c.signal, c.after, got)
		}
	}
}

// A reader that goes away, as head does, ends a command without a word.
func TestALostReaderOfTheResultIsAQuietStop(t *testing.T) {
	if testing.Short() || runtime.GOOS == "windows" {
		t.Skip("starts a process with a closed pipe")
	}
	for _, line := range []string{"version", "data check shapes", "data check shapes --json"} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		r.Close()
		var messages bytes.Buffer
		c := exec.Command(os.Args[0], strings.Fields(line)...)
		c.Env = append(os.Environ(), "AMDIM_RUN_MAIN=1")
		c.Stdout, c.Stderr = w, &messages
		c.Run()
		w.Close()
		if code := c.ProcessState.ExitCode(); code != exitStopped || messages.Len() > 0 {
			t.Errorf("%s: ended by %v, messages %q", line, c.ProcessState, &messages)
		}
	}
}
