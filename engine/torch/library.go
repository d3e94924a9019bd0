//go:build torch && linux

package torch

import (
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/ebitengine/purego"
)

// abi is the version of the boundary: amdim_abi of shim/library.cc.
const abi = 8

// name is the file that "make torch" writes.
const name = "libamdim_torch.so"

// Library is the loaded shim. A process opens it once; it is never unloaded.
type Library struct {
	functions
	path  string
	calls chan func()
}

// functions are the shim's, under their names there.
type functions struct {
	ABI         func() int32     `shim:"amdim_abi"`
	Torch       func() string    `shim:"amdim_torch_version"`
	CUDADevices func() int32     `shim:"amdim_cuda_devices"`
	Room        roomFunction     `shim:"amdim_device_room"`
	SetThreads  func(n int32)    `shim:"amdim_set_threads"`
	Store       storeFunctions   // store.go
	Group       groupFunctions   // group.go
	State       stateFunctions   // state.go
	Exec        execFunctions    // exec.go
	Measure     measureFunctions // profile.go
}

// Open loads the shim: path or, if that is empty, the file named by
// AMDIM_TORCH_LIBRARY or the one beside the program.
func Open(path string) (*Library, error) {
	path, err := find(path)
	if err != nil {
		return nil, err
	}
	// Otherwise a peer that goes away ends this process silently, from a C++ thread.
	signal.Ignore(syscall.SIGPIPE)
	quiet()
	l := &Library{path: path, calls: make(chan func())}
	started := make(chan struct{})
	go l.serve(started)
	<-started
	l.on(func() { err = l.load() })
	if err != nil {
		return nil, err
	}
	return l, nil
}

// quiet suppresses torch's warnings unless the user asked for them: failures are
// reported as our errors. Builds of torch with glog read the second variable.
func quiet() {
	for name, level := range map[string]string{"TORCH_CPP_LOG_LEVEL": "ERROR", "GLOG_minloglevel": "2"} {
		if os.Getenv(name) == "" {
			os.Setenv(name, level)
		}
	}
}

// find returns the path of the shim.
func find(path string) (string, error) {
	if path == "" {
		path = os.Getenv("AMDIM_TORCH_LIBRARY")
	}
	if path == "" {
		program, err := os.Executable()
		if err != nil {
			return "", fmt.Errorf("torch: %w", err)
		}
		path = filepath.Join(filepath.Dir(program), name)
	}
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("torch: the shim over libtorch is not built: %w; make torch builds it, "+
			"AMDIM_TORCH_LIBRARY names it where it is", err)
	}
	return filepath.Abs(path)
}

// cutOff reports whether a file ends early, as after a copy that was interrupted: the
// system would map what is not there, and end the process.
func cutOff(path string) bool {
	f, err := elf.Open(path) // the table of sections comes last
	if err != nil {
		return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	}
	f.Close()
	return false
}

// load opens the file and finds its functions.
func (l *Library) load() error {
	if cutOff(l.path) {
		return fmt.Errorf("torch: %s is cut off: make torch, or copy it again", l.path)
	}
	preload(l.path)
	// Global: libtorch's own libraries look up symbols in each other.
	handle, err := purego.Dlopen(l.path, purego.RTLD_NOW|purego.RTLD_GLOBAL)
	if err != nil {
		return fmt.Errorf("torch: %w; is libtorch where it was when make torch built %s?", err, l.path)
	}
	if err := register(handle, reflect.ValueOf(&l.functions).Elem()); err != nil {
		return fmt.Errorf("torch: %s: %w; it was built for another amdim: make torch", l.path, err)
	}
	if have := l.ABI(); have != abi {
		return fmt.Errorf("torch: %s has boundary %d, this amdim %d: it was built for another amdim: make torch",
			l.path, have, abi)
	}
	return nil
}

// register sets the tagged fields to the functions named there.
func register(handle uintptr, f reflect.Value) error {
	for i := range f.NumField() {
		if f.Field(i).Kind() == reflect.Struct {
			if err := register(handle, f.Field(i)); err != nil {
				return err
			}
			continue
		}
		symbol, err := purego.Dlsym(handle, f.Type().Field(i).Tag.Get("shim"))
		if err != nil {
			return err
		}
		purego.RegisterFunc(f.Field(i).Addr().Interface(), symbol)
	}
	return nil
}

// serve runs all calls on one thread: libgomp keeps a team of threads for each
// calling thread, and grad mode, autocast and the current GPU are per thread.
func (l *Library) serve(started chan struct{}) {
	runtime.LockOSThread()
	close(started)
	for f := range l.calls {
		f()
	}
}

// on runs f on the thread of the library and waits for it.
func (l *Library) on(f func()) {
	done := make(chan struct{})
	l.calls <- func() { defer close(done); f() }
	<-done
}

// within is on for calls that may wait for ever: it returns false once d has
// passed. The thread is then lost, and with it the library.
func (l *Library) within(d time.Duration, f func()) bool {
	done := make(chan struct{})
	l.calls <- func() { defer close(done); f() }
	select {
	case <-done:
		return true
	case <-time.After(d):
		return false
	}
}

// Codes other than 0 that a function of the shim returns; shim/guard.hpp has the same.
const (
	failed = iota + 1
	outOfMemory
	notFinite
	groupLost
)

// Error is what the shim reports.
type Error struct {
	Code int32
	Text string
}

func (e *Error) Error() string { return "torch: " + e.Text }

// call runs a shim function that returns a code and writes the reason.
func (l *Library) call(f func(err *byte, cap int32) int32) (err error) {
	l.on(func() { err = report(f) })
	return err
}

// report is call on the thread of the library.
func report(f func(err *byte, cap int32) int32) error {
	var text [4096]byte
	code := f(&text[0], int32(len(text)))
	if code == 0 {
		return nil
	}
	reason, _, _ := strings.Cut(string(text[:]), "\x00")
	reason = strings.TrimSpace(reason)
	if code != notFinite {
		reason = brief(reason)
	}
	return &Error{Code: code, Text: reason}
}

// brief is the first line (what libtorch adds is for its own developers) and NCCL's
// message after it; shim/library.cc has the same for errors that end the process.
func brief(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	_, last, found := strings.Cut(text, "Last error:\n")
	if !found {
		return line
	}
	last, _, _ = strings.Cut(last, "\n")
	return line + "; " + last
}

// open is call for a function that returns a handle, 0 if it fails.
func (l *Library) open(f func(err *byte, cap int32) uintptr) (uintptr, error) {
	var handle uintptr
	err := l.call(func(text *byte, cap int32) int32 {
		if handle = f(text, cap); handle == 0 {
			return failed
		}
		return 0
	})
	return handle, err
}

// Version is that of libtorch.
func (l *Library) Version() (v string) {
	l.on(func() { v = l.Torch() })
	return v
}

// Devices is how many GPUs libtorch sees.
func (l *Library) Devices() (n int) {
	l.on(func() { n = int(l.CUDADevices()) })
	return n
}
