package graph

import "github.com/amdim/amdim/tensor"

// Attr is what distinguishes an operation: its kind and its attributes. The
// set of implementations in this file is closed.
type Attr interface{ Kind() string }

// Input is a value given at every call. A uint8 image becomes the float
// (x/255 − Mean[c])/Std[c] for channel c; int32 stays as it is (labels, indices).
type Input struct {
	DType     tensor.DType
	Mean, Std []float32 `json:",omitempty"`
}

// Conv2D maps (n, h, w, c) to (n, oh, ow, Out) with a square kernel:
// oh = (h + 2·Pad − K)/Stride + 1. Variables: weight (K, K, c, Out) and, with
// Bias, bias (Out).
type Conv2D struct {
	Out, K, Stride int
	Pad            int
	Reflect        bool // the border mirrors the image without repeating its edge, else zeros
	Bias           bool
}

// Norm says which statistics BatchNorm uses.
type Norm uint8

// Modes of BatchNorm.
const (
	BatchUpdate Norm = iota // of the batch; running statistics are updated on Step
	Batch                   // of the batch; running statistics are left alone
	Running                 // the running statistics
)

// BatchNorm normalises each channel (the last dimension) and applies a scale
// and a bias. Ioffe and Szegedy 2015, arXiv 1502.03167. Rows are split into
// Groups equal contiguous groups, each with its own statistics; running
// statistics are updated group by group with Momentum and the unbiased
// variance. Variables: scale, bias, mean, var, all (c).
type BatchNorm struct {
	Mode     Norm
	Groups   int
	Momentum float64
	Eps      float64
}

// ReLU is max(x, 0).
type ReLU struct{}

// AvgPool is the mean over K×K windows, without padding.
type AvgPool struct{ K, Stride int }

// PadChannels appends zero channels up to Out.
type PadChannels struct{ Out int }

// Add is the sum of two values of the same shape. The second may also be rows
// of channels (n, c) where the first is (n, …, c): it is added at every place.
type Add struct{}

// Reshape gives each row the shape Row; the leading dimension is unchanged.
type Reshape struct{ Row []int }

// Linear maps (n, c) to (n, Out). Variables: weight (c, Out) and, with Bias, bias (Out).
type Linear struct {
	Out  int
	Bias bool
}

// Dropout multiplies x by mask/(1 − P); the mask, of x's shape with entries 0
// and 1, is an input. Srivastava et al. 2014, JMLR 15.
type Dropout struct{ P float64 }

// Gather picks from x (n, h, w, c) the location index[i] in [0, h·w) of each row i: (n, c).
type Gather struct{}

// SoftmaxXent is the classifier loss on logits s (n, classes) and labels (n):
// the mean over labelled rows of the cross-entropy of Clip·tanh(s/Clip), or of s
// when Clip is 0. A row with label −1 is left out; with no labelled row the loss
// is 0. PAPER section 6.
// Results: loss, penalty = mean of all s², accuracy over the labelled rows.
type SoftmaxXent struct{ Clip float64 }

// NCE is the contrastive loss of both directions between two views, PAPER 1.2
// to 1.5. Antecedents a are (2B, r), consequents c are (2B, …, r) with L
// locations; rows 0..B−1 are view 1. For antecedent b of one view and all
// consequents of the other, s = ⟨a, c⟩/√r, s' = Clip·tanh(s/Clip), or s when Clip is 0,
//
//	loss_bl = −log( exp s'_bbl / (exp s'_bbl + Σ_{n≠b,m} exp s'_bnm) ).
//
// Results, each the mean of the two directions: loss = mean of loss_bl;
// penalty = mean of s² over all B·B·L scores, before the clip; clip share = share
// of scores with |s| > Clip.
type NCE struct{ Clip float64 }

// MixtureNCE is NCE where each antecedent is a mixture of k components and each
// consequent chooses among them, PAPER 4. Antecedents a are (2B, k, r),
// consequents c are those of NCE. Every component is an antecedent in its own
// right, with the negatives of NCE: s_bjl = −loss_bl of component j. The
// consequent at l of the image assigns itself by
//
//	q_blj = exp(Tau·s_bjl) / Σ_m exp(Tau·s_bml)
//
// or, with Hard, only to the first of the best, as for Tau → ∞. Results, the
// first four each the mean of the two directions:
//
//	loss     −1/Tau · mean over b and l of log(1/k · Σ_j exp(Tau·s_bjl)); with Hard −mean of
//	         max_j s_bjl. Its derivative by s_bjl is −q_blj/(B·L): q is held constant.
//	         The 1/k, ours, makes it equal to NCE's when all components are equal
//	penalty  mean of s² over all B·k·B·L scores, before the clip
//	clipped  share of scores with |s| > Clip
//	usage    H(q̄) in nats, q̄ the mean of q over b and l: log k when all components
//	         are used alike, 0 when one is. Gradients pass through q, none with Hard
//	q        (2B, …, k): row n assigns the locations of consequent n; it passes no gradient
type MixtureNCE struct {
	Clip float64
	Tau  float64
	Hard bool
}

// StopGrad passes its value on and lets no gradient pass back.
type StopGrad struct{}

// Kind names the operation as printed and stored.
func (Input) Kind() string       { return "Input" }
func (Conv2D) Kind() string      { return "Conv2D" }
func (BatchNorm) Kind() string   { return "BatchNorm" }
func (ReLU) Kind() string        { return "ReLU" }
func (AvgPool) Kind() string     { return "AvgPool" }
func (PadChannels) Kind() string { return "PadChannels" }
func (Add) Kind() string         { return "Add" }
func (Reshape) Kind() string     { return "Reshape" }
func (Linear) Kind() string      { return "Linear" }
func (Dropout) Kind() string     { return "Dropout" }
func (Gather) Kind() string      { return "Gather" }
func (SoftmaxXent) Kind() string { return "SoftmaxXent" }
func (NCE) Kind() string         { return "NCE" }
func (MixtureNCE) Kind() string  { return "MixtureNCE" }
func (StopGrad) Kind() string    { return "StopGrad" }
