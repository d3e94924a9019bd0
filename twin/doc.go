// Package twin holds the engines to a second opinion: the same network, losses
// and optimiser written in PyTorch (amdim_twin.py), whose numbers lie in
// testdata. Its tests are all there is in Go; they set random weights of the
// golden files in every engine and compare losses, gradients, updates, ten
// steps of training, frozen features and refreshed statistics.
//
// With AMDIM_TWIN=DIR they read the files that golden.py wrote to DIR instead:
//
//	python3 twin/golden.py /tmp/golden && AMDIM_TWIN=/tmp/golden go test ./twin
package twin
