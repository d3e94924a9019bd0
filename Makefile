# A list of scripts; each target is what one would type.
STATICCHECK = go run honnef.co/go/tools/cmd/staticcheck@v0.8.2

.PHONY: demo build torch test-torch test check generic fuzz cross neon emulate
.PHONY: twin original onnx bench-peer bench-kernels bench-sweep

demo:
	go run ./cmd/amdim demo

# One static file. Where a C compiler is installed, Go would link its name resolver to libc.
build:
	CGO_ENABLED=0 go build -o $${OUT:-amdim} ./cmd/amdim

# amdim with libtorch, and the shim it loads, into OUT (default: here). PYTHON=python3 whose torch it is,
# or TORCH=DIR with include and lib; else what is found, Debian's libtorch-dev too. Needs a C++ compiler.
torch:
	$(MAKE) -C engine/torch/shim OUT=$${OUT:-$(CURDIR)}
	CGO_ENABLED=0 go build -tags torch -o $${OUT:-$(CURDIR)}/amdim ./cmd/amdim

# The tests that need the shim of make torch.
test-torch: torch
	AMDIM_TORCH_LIBRARY=$${OUT:-$(CURDIR)}/libamdim_torch.so go test -tags torch -count=1 ./engine/torch
	AMDIM_TORCH_LIBRARY=$${OUT:-$(CURDIR)}/libamdim_torch.so \
	  go test -tags torch -count=1 -run 'TwoProcesses|AfterALoss|WaitsForOthers' ./cmd/amdim

test:
	go test ./...

# Before pushing.
check:
	test -z "$$(gofmt -l .)"
	go vet ./...
	$(STATICCHECK) ./...
	go test ./...
	AMDIM_KERNEL=generic go test -short ./...

generic:
	AMDIM_KERNEL=generic go test ./...

# Every fuzz test with so many inputs; with 10000x it takes four minutes on two cores, builds
# included. By inputs, not by time: before 1.27 Go's fuzzing at times fails with "context deadline
# exceeded" when its time is up (go.dev/issue/75804). Making an input that reaches new code smaller
# is cut short: it would take most of them.
fuzz:
	packages=$$(go list ./...) || exit 1; \
	for p in $$packages; do \
	  tests=$$(go test -list '^Fuzz' $$p) || { echo "$$tests"; exit 1; }; \
	  for f in $$(echo "$$tests" | grep '^Fuzz'); do \
	    go test -run "^$$f\$$" -fuzz "^$$f\$$" -fuzztime $${FUZZTIME:-20000x} -fuzzminimizetime 10x $$p || exit 1; \
	  done; \
	done

# The platforms that must build.
cross:
	for t in linux/amd64 linux/arm64 darwin/arm64 windows/amd64; do \
	  echo $$t; CGO_ENABLED=0 GOOS=$${t%/*} GOARCH=$${t#*/} go build -o /dev/null ./cmd/amdim || exit 1; \
	  CGO_ENABLED=0 GOOS=$${t%/*} GOARCH=$${t#*/} go vet ./... || exit 1; \
	done

# The kernels of arm64 and the engine on them, emulated; needs qemu-user-static. Threads are
# tried in one precision, as emulation takes a minute.
neon:
	@qemu=$$(command -v qemu-aarch64-static || command -v qemu-aarch64) || \
	  { echo "skipped: there is no qemu-aarch64; Debian's qemu-user-static has it"; exit 0; }; \
	dir=$$(mktemp -d) && trap 'rm -r "$$dir"' EXIT && for p in internal/kernel engine/cpu; do \
	  echo $$p; CGO_ENABLED=0 GOOS=linux GOARCH=arm64 go test -c -o $$dir/test ./$$p || exit 1; \
	  (cd $$p && $$qemu $$dir/test -test.short -test.run /^neon -test.skip Threads/_bf16) || exit 1; \
	done

# Tests of what writes, locks, maps and names files, as programs of Windows under Wine, which is
# downloaded once; ARGS=./data for other packages.
.PHONY: wine
wine:
	emulate/wine.sh $(ARGS)

# Fresh golden files from the PyTorch twin, and our test against them; needs python3-torch.
twin:
	dir=$$(mktemp -d) && $${PYTHON:-/usr/bin/python3} twin/golden.py $$dir && \
	  AMDIM_TWIN=$$dir go test -count=1 ./twin

# Fresh checkpoints in the authors' layout from PyTorch, imported and exported; needs python3-torch.
original:
	dir=$$(mktemp -d) && trap 'rm -r "$$dir"' EXIT && \
	  $${PYTHON:-/usr/bin/python3} format/original/testdata/make.py $$dir && \
	  AMDIM_ORIGINAL=$$dir go test -count=1 ./format/original

# ONNX files in ONNX Runtime, which npm brings; needs node. ORT=DIR keeps what npm installs.
onnx:
	dir=$${ORT:-$$(mktemp -d)} && npm install --silent --no-audit --no-fund --ignore-scripts --prefix $$dir \
	  onnxruntime-node@1.16.3 && AMDIM_ORT=$$dir go test -count=1 -v -run ONNX ./format/onnx

# Training and inference beside the PyTorch twin, in turns. PYTHON=python3 with any torch, else Debian's is
# installed; ARGS="--isa avx2 --rounds 1", and more in bench/peer.sh.
bench-peer:
	bench/peer.sh $(ARGS)

# Each convolution, forward and backward, beside oneDNN. ARGS=f32 for float32.
bench-kernels:
	bench/kernels.sh $(ARGS)

# Time per pair and memory as batch, ndf, depth, pixels and threads grow.
bench-sweep:
	go run ./cmd/amdim bench --preset $${PRESET:-cifar10-tiny} --sweep $(ARGS)

# The kernels' tests on an emulated processor with AVX-512, by Debian's Bochs.
emulate:
	emulate/bochs.sh $(ARGS)

# The whole check on a GPU, PyTorch beside ours; ARGS="--out DIR", and more in bench/gpu.sh.
.PHONY: bench-gpu
bench-gpu:
	bench/gpu.sh $(ARGS)
