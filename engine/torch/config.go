package torch

// Precisions of Config. Weights, sums over locations, losses and Adam are
// float32 in all but F64.
const (
	F32  = "f32"
	TF32 = "tf32" // float32 whose products round their operands to 10 bits of mantissa, on a GPU
	BF16 = "bf16" // as autocast: products and activations in bfloat16
	F64  = "f64"  // everything in double, for tests
)

// Config chooses device and precision.
type Config struct {
	Device    string // "cpu", "cuda" (the first) or "cuda:1"; "": a GPU if there is one
	Precision string // F32, TF32, BF16 or F64; "": BF16 on a GPU, else F32
	Threads   int    // on the CPU, with a GPU at most two; 0: as libtorch chooses
	Graphs    bool   // updates of one process on a GPU are captured as CUDA graphs, each started by one call
	Tune      bool   // kernels are tried, cuDNN's too, and the fastest taken: bytes may differ from run to run
}
