// Package twin checks the engines against a second opinion: the same network,
// losses and optimiser written in PyTorch (amdim_twin.py), whose numbers are in
// testdata. Its only Go code is its tests; they load the golden files' random
// weights into every engine and compare losses, gradients, updates, ten steps
// of training, frozen features and refreshed statistics.
//
// With AMDIM_TWIN=DIR they read the files that golden.py wrote to DIR instead:
//
//	python3 twin/golden.py /tmp/golden && AMDIM_TWIN=/tmp/golden go test ./twin
package twin
