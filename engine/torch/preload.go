//go:build torch && linux

package torch

import (
	"debug/elf"
	"path/filepath"

	"github.com/ebitengine/purego"
)

// preload loads those CUDA libraries that others look up at run time by name only: cuDNN
// compiles kernels with NVRTC. pip packages keep them beside torch, where the system does
// not look; "import torch" also loads them from there (pytorch/pytorch issues 138460,
// 145580 and 167602). One that cannot be loaded may never be needed.
func preload(shim string) {
	for _, folder := range folders(shim) {
		for _, file := range besideTorch(folder) {
			_, _ = purego.Dlopen(file, purego.RTLD_LAZY|purego.RTLD_LOCAL)
		}
	}
}

// folders returns those in which the shim looks for libtorch.
func folders(shim string) (all []string) {
	f, err := elf.Open(shim)
	if err != nil {
		return nil // loading it will say why
	}
	defer f.Close()
	for _, tag := range []elf.DynTag{elf.DT_RPATH, elf.DT_RUNPATH} {
		paths, _ := f.DynString(tag)
		for _, p := range paths {
			all = append(all, filepath.SplitList(p)...)
		}
	}
	return all
}

// besideTorch returns the libraries in the packages beside torch's, which has its own
// in folder; those that others need come first.
func besideTorch(folder string) (all []string) {
	for _, name := range []string{"libnvJitLink.so.*", "libnvrtc-builtins.so.*", "libnvrtc.so.*"} {
		files, _ := filepath.Glob(filepath.Join(folder, "..", "..", "nvidia", "*", "lib", name))
		all = append(all, files...)
	}
	return all
}
