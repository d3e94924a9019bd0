//go:build torch && linux

package torch

import (
	"debug/elf"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Layouts are those of pip's packages for CUDA 12, a folder for each, and for CUDA 13.
func TestLibrariesBesideTorchAreFound(t *testing.T) {
	for name, c := range map[string]struct{ files, want []string }{
		"CUDA 12": {
			files: []string{
				"cuda_nvrtc/lib/libnvrtc.so.12", "cuda_nvrtc/lib/libnvrtc-builtins.so.12.8",
				"cublas/lib/libcublas.so.12", "nvjitlink/lib/libnvJitLink.so.12",
			},
			want: []string{
				"nvjitlink/lib/libnvJitLink.so.12", "cuda_nvrtc/lib/libnvrtc-builtins.so.12.8",
				"cuda_nvrtc/lib/libnvrtc.so.12",
			},
		},
		"CUDA 13": {
			files: []string{
				"cu13/lib/libnvJitLink.so.13", "cu13/lib/libnvrtc-builtins.alt.so.13.0",
				"cu13/lib/libnvrtc-builtins.so.13.0", "cu13/lib/libnvrtc.alt.so.13", "cu13/lib/libnvrtc.so.13",
			},
			want: []string{
				"cu13/lib/libnvJitLink.so.13", "cu13/lib/libnvrtc-builtins.so.13.0", "cu13/lib/libnvrtc.so.13",
			},
		},
		"none": {},
	} {
		packages := t.TempDir()
		for _, f := range c.files {
			f = filepath.Join(packages, "nvidia", f)
			if err := os.MkdirAll(filepath.Dir(f), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(f, nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		var got []string
		for _, f := range besideTorch(filepath.Join(packages, "torch", "lib")) {
			f, err := filepath.Rel(filepath.Join(packages, "nvidia"), f)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, f)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// A shim with a C++ library of its own crashed on a GPU: its symbols and those that torch loads mixed.
func TestShimSharesTheLibraryOfTorch(t *testing.T) {
	file, err := elf.Open(library(t).path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	all, err := file.ImportedLibraries()
	standard := func(library string) bool { return strings.HasPrefix(library, "libstdc++") }
	if err != nil || !slices.ContainsFunc(all, standard) {
		t.Errorf("needs %q, %v: no libstdc++", all, err)
	}
}

func TestShimSaysWhereItsTorchIs(t *testing.T) {
	for _, folder := range folders(library(t).path) {
		if found, _ := filepath.Glob(filepath.Join(folder, "libc10.so*")); len(found) > 0 {
			return
		}
	}
	t.Errorf("no libc10.so in %q", folders(library(t).path))
}
