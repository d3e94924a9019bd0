package checkpoint

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/amdim/amdim/internal/rawtext"
)

// FormatVersion is the version of Meta. It changes when an older program would
// misread a newer file.
const FormatVersion = 1

// Meta is what a checkpoint of a run says besides its arrays. In the file each
// field is a separate text in JSON, "amdim.step" and so on.
type Meta struct {
	Format        int             `json:"format"`
	Code          string          `json:"code"`   // CodeVersion of the writer
	Engine        string          `json:"engine"` // bytes repeat only on the same kernels and precision
	RNG           int             `json:"rng"`    // version of the random streams
	Config        json.RawMessage `json:"config"` // config.Config, whole
	Preprocessing Preprocessing   `json:"preprocessing"`
	Data          Data            `json:"data"`
	Seed          uint64          `json:"seed"`
	Step          int             `json:"step"`  // updates made
	Epoch         int             `json:"epoch"` // epochs finished
	Batch         int             `json:"batch"` // batches done of the next epoch: the loader's cursor

	KeepEpochs []int `json:"keep_epochs,omitempty"` // after which the run keeps a separate checkpoint

	Schedules []Schedule `json:"schedules,omitempty"` // those before the one of Config, the first one first
	Init      *Origin    `json:"init,omitempty"`      // where its first weights are from; nil: drawn from Seed
}

// Origin is a checkpoint whose weights another run began with.
type Origin struct {
	Checksum string `json:"checksum"` // Reader.Checksum
	Step     int    `json:"step"`     // updates it had made
	Data     Data   `json:"data"`     // what it had learnt from; zero: not known, it was imported

	Random []string `json:"random,omitempty"` // parts that it lacked, such as mix: they began at random
	Init   *Origin  `json:"init,omitempty"`   // what it had begun with itself
}

// Origins are the checkpoints that the weights come from through Init, the latest first: the one
// that this run began with, the one that that run had begun with, and so on.
func (m Meta) Origins() []*Origin {
	var all []*Origin
	for o := m.Init; o != nil; o = o.Init {
		all = append(all, o)
	}
	return all
}

// Others are the Origins that learnt from other images than this run, the latest first.
func (m Meta) Others() []*Origin {
	return slices.DeleteFunc(m.Origins(), func(o *Origin) bool { return o.Data.Digest == m.Data.Digest })
}

// Learnt says in words what the weights had learnt from.
func (o *Origin) Learnt() string {
	if o.Data.Images == 0 {
		return "images that are not recorded"
	}
	return o.Data.Spec
}

// Schedule is what a run's learning rate followed until the run was resumed with another.
type Schedule struct {
	Until  int        `json:"until"`  // updates made by then
	Epochs int        `json:"epochs"` // in all, as was planned
	LR     float64    `json:"lr"`     // after warm-up
	Drops  [2]float64 `json:"drops"`  // shares of the epochs before each drop; zero: the paper's for CIFAR
}

// String is the schedule in words.
func (s Schedule) String() string {
	drops := ""
	if s.Drops != [2]float64{} {
		drops = fmt.Sprintf(", drops %v", s.Drops)
	}
	return fmt.Sprintf("%d epochs (lr %g%s) until update %d", s.Epochs, s.LR, drops, s.Until)
}

// Preprocessing turns an image into the encoder's input: the shorter side is
// resized to Resize, the central Size×Size pixels are cropped, and each channel
// becomes (x/255 − Mean)/Std.
type Preprocessing struct {
	Size   int        `json:"size"`
	Resize int        `json:"resize"`
	Mean   [3]float64 `json:"mean"` // RGB
	Std    [3]float64 `json:"std"`
}

// Data names what the run learns from.
type Data struct {
	Spec    string `json:"spec"`   // "cifar10:DIR"
	Digest  string `json:"digest"` // of the images and labels
	Images  int    `json:"images"`
	Classes int    `json:"classes"` // 0: unlabelled

	Quarantined int `json:"quarantined,omitempty"` // further images, left out by a list
}

// storedData is Data in JSON, its spec as package rawtext says.
type storedData struct {
	*plainData
	SpecBytes []byte `json:"spec_bytes,omitempty"`
}

// plainData is Data without its methods.
type plainData Data

// MarshalJSON implements json.Marshaler.
func (d Data) MarshalJSON() ([]byte, error) {
	return json.Marshal(storedData{(*plainData)(&d), rawtext.Bytes(d.Spec)})
}

// UnmarshalJSON implements json.Unmarshaler.
func (d *Data) UnmarshalJSON(text []byte) error {
	s := storedData{plainData: (*plainData)(d)}
	err := json.Unmarshal(text, &s)
	d.Spec = rawtext.Text(d.Spec, s.SpecBytes)
	return err
}

const metaPrefix = "amdim."

// Encode returns m as the metadata of a file.
func (m Meta) Encode() (map[string]string, error) {
	text, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("checkpoint: metadata: %w", err)
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(text, &fields); err != nil {
		return nil, fmt.Errorf("checkpoint: metadata: %w", err)
	}
	meta := make(map[string]string, len(fields))
	for name, v := range fields {
		meta[metaPrefix+name] = string(v)
	}
	return meta, nil
}

// Run returns the metadata of a checkpoint of a run.
func (r *Reader) Run() (Meta, error) {
	fields := map[string]json.RawMessage{}
	for key, v := range r.Meta {
		if name, ok := cutPrefix(key); ok {
			fields[name] = json.RawMessage(v)
		}
	}
	if _, ok := fields["format"]; !ok { // locations or features, which lie beside one
		return Meta{}, fmt.Errorf("checkpoint: read %s: it holds no network: name the folder of a run, "+
			"or a checkpoint in it", r.path)
	}
	var m Meta
	text, err := json.Marshal(fields)
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	switch {
	case err != nil:
		return Meta{}, fmt.Errorf("checkpoint: read %s: metadata: %w", r.path, err)
	case m.Format != FormatVersion:
		return Meta{}, fmt.Errorf("checkpoint: read %s: format %d, this program reads %d",
			r.path, m.Format, FormatVersion)
	case m.Step < 0 || m.Epoch < 0 || m.Batch < 0:
		return Meta{}, fmt.Errorf("checkpoint: read %s: step %d, epoch %d, batch %d",
			r.path, m.Step, m.Epoch, m.Batch)
	}
	return m, nil
}

// cutPrefix returns the field name in a metadata key. The checksum belongs to
// the file, not to the run.
func cutPrefix(key string) (string, bool) {
	name, ok := strings.CutPrefix(key, metaPrefix)
	return name, ok && key != checksumKey
}
