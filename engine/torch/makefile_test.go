//go:build linux

package torch

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const blaslt, cudart = "libcublasLt.so.13", "libcudart.so.13"

// packages is a folder as pip leaves it: torch, of which the header has the numbers, beside it CUDA's headers
// and a compiler, and a Python that counts its calls.
func packages(t *testing.T, header, numbers string) (python string) {
	t.Helper()
	dir := t.TempDir()
	python = filepath.Join(dir, "python")
	for name, text := range map[string]string{
		"python":                         fmt.Sprintf("#!/bin/sh\necho >>%s/calls\necho %s/torch 1\n", dir, dir),
		"toolkit/bin/nvcc":               "#!/bin/sh\n",
		"toolkit/include/crt/a.h":        "",
		"nvidia/cu13/include/cublasLt.h": "",
		"nvidia/cu13/lib/" + blaslt:      "",
		"nvidia/cu13/lib/" + cudart:      "",
		"torch/lib/libc10_cuda.so":       "",
		"torch/include/ATen/ATen.h":      "",
		"torch/include/torch/" + header:  numbers,
	} {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return python
}

// plan is what make would run.
func plan(t *testing.T, python string, variables ...string) string {
	t.Helper()
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip(err)
	}
	dir := filepath.Dir(python)
	arguments := append([]string{"-n", "-C", "shim", "OUT=" + dir, "PYTHON=" + python}, variables...)
	c := exec.Command("make", arguments...)
	c.Env = []string{"PATH=" + filepath.Join(dir, "toolkit/bin") + ":" + os.Getenv("PATH")}
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

// version is what a header of torch says.
func version(major, minor int) string {
	return fmt.Sprintf("#define TORCH_VERSION_MAJOR %d\n#define TORCH_VERSION_MINOR %d\n"+
		"#define TORCH_VERSION_PATCH 0\n", major, minor)
}

// PyTorch 2.10 moved the numbers of its version to another header.
func TestBuildFollowsTheVersionOfTorch(t *testing.T) {
	const old, now = "csrc/api/include/torch/version.h", "headeronly/version.h"
	for _, c := range []struct {
		header       string
		major, minor int
		want         string
	}{
		{old, 1, 13, "-std=c++17"}, {old, 2, 6, "-std=c++17"},
		{now, 2, 10, "-std=c++17"}, {now, 2, 11, "-std=c++20"},
	} {
		python := packages(t, c.header, version(c.major, c.minor))
		out := plan(t, python)
		for _, want := range []string{c.want, fmt.Sprintf(`"%d %d "`, c.major, c.minor)} {
			if !strings.Contains(out, want) {
				t.Errorf("%s of %d.%d: no %s in\n%s", c.header, c.major, c.minor, want, out)
			}
		}
		calls, err := os.ReadFile(filepath.Join(filepath.Dir(python), "calls"))
		if err != nil || len(calls) != 1 {
			t.Errorf("%s: Python was called %d times, want once: it imports torch (%v)", c.header, len(calls), err)
		}
	}
}

func TestBuildFindsHeadersOfCUDA(t *testing.T) {
	python := packages(t, "headeronly/version.h", version(2, 11))
	dir := filepath.Dir(python)
	out := plan(t, python)
	beside := "-isystem " + dir + "/torch/../nvidia/cu13/include "
	toolkit := "-isystem " + dir + "/toolkit/include "
	if a, b := strings.Index(out, beside), strings.Index(out, toolkit); a < 0 || b < a {
		t.Errorf("want %s before %s in\n%s", beside, toolkit, out)
	}
	if out = plan(t, python, "CUDA_HOME=/usr"); strings.Contains(out, "-isystem /usr/include ") {
		t.Errorf("the compiler's own folder is in\n%s", out) // its #include_next would find nothing behind it
	}
}

// cublasLt is linked as torch's own libraries find it: the shim names it before they are loaded.
func TestBuildLinksTheCublasLtOfTorch(t *testing.T) {
	python := packages(t, "headeronly/version.h", version(2, 11))
	dir := filepath.Dir(python) + "/torch/../nvidia/cu13/lib/"
	linked := dir + blaslt + " -Wl,-rpath," + dir
	for variable, want := range map[string]bool{
		"CUDA=1": true, "BLASLT=": false, "CUDA_INC=/without/its/header": false, "CUDA=0": false,
	} {
		out := plan(t, python, variable)
		if strings.Contains(out, "-DAMDIM_BLASLT") != want || strings.Contains(out, linked) != want {
			t.Errorf("%s: with cublasLt %t is wrong in\n%s", variable, !want, out)
		}
	}
}

// Inline functions of torch's headers call the CUDA runtime, which none of the shim's libraries brings.
func TestBuildLinksTheCUDARuntimeOfTorch(t *testing.T) {
	python := packages(t, "headeronly/version.h", version(2, 11))
	dir := filepath.Dir(python) + "/torch/../nvidia/cu13/lib/"
	linked := dir + cudart + " -Wl,-rpath," + dir
	for variable, want := range map[string]bool{"CUDA=1": true, "CUDA=0": false} {
		if out := plan(t, python, variable); strings.Contains(out, linked) != want {
			t.Errorf("%s: with %s %t is wrong in\n%s", variable, cudart, !want, out)
		}
	}
}

func TestBuildWithoutNCCL(t *testing.T) {
	python := packages(t, "headeronly/version.h", version(2, 11))
	for variable, want := range map[string]bool{"NCCL=": true, "NCCL=0": false, "CUDA=0": false} {
		if got := strings.Contains(plan(t, python, variable), "-DUSE_C10D_NCCL"); got != want {
			t.Errorf("%s: with NCCL %t, want %t", variable, got, want)
		}
	}
}
