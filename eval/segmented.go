package eval

import (
	"encoding/json"
	"fmt"
	"io"
	"reflect"

	"github.com/amdim/amdim/mixture"
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/segment"
)

// Segmented is the result of a Segmentation with everything that is needed to
// repeat it.
type Segmented struct {
	Model     string             `json:"model"`                // the run or checkpoint
	Step      int                `json:"step"`                 // updates that the model had made
	TrainedOn string             `json:"trained_on,omitempty"` // the spec of the data that the model learnt from
	Data      string             `json:"data"`
	Digest    string             `json:"digest,omitempty"` // of the split
	Split     string             `json:"split"`
	Network   model.Config       `json:"network"`
	Config    SegmentationConfig `json:"config"`
	Sides     [2]int             `json:"sides"`     // least and most pixels of the images' shorter side
	Negatives mixture.Origin     `json:"negatives"` // of the mixture; Config says how others were learnt
	Engine    string             `json:"engine"`
	Images    int                `json:"images"`
	Rows      []SegmentedRow     `json:"rows"`
	LeftOut   string             `json:"left_out,omitempty"` // the baseline that is left out, and why
	PerImage  []Measured         `json:"per_image"`          // of the mixture
	Seconds   float64            `json:"seconds"`
	Command   string             `json:"command,omitempty"` // that measured it, as typed, where there was one

	measured map[string][]Measured // by way, while they are measured
}

// SegmentedRow holds the means over the images for one way to segment them.
type SegmentedRow struct {
	Way      string            `json:"way"`
	Segments float64           `json:"segments"`
	Mean     segment.Agreement `json:"mean"`
	Object   *Object           `json:"object,omitempty"`

	// Lead is that of the mixture over a baseline; nil for a single image.
	Lead *Lead `json:"mixture_lead,omitempty"`
}

// Measured is the map of one image.
type Measured struct {
	Image     int               `json:"image"`
	Segments  int               `json:"segments"`
	Agreement segment.Agreement `json:"agreement"`
	Object    *Object           `json:"object,omitempty"`
}

// Object compares a map with the mask of an object.
type Object struct {
	IoU    float64 `json:"iou"`    // of the labels with a smaller share of the border than of the area
	Oracle float64 `json:"oracle"` // of the one label that fits the mask best: a bound for rules that choose one
}

// ReadSegmented reads a Segmented that was written as JSON.
func ReadSegmented(text []byte) (*Segmented, error) {
	var r Segmented
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, fmt.Errorf("eval: segmentation: %w", err)
	}
	if len(r.Rows) == 0 || r.Images < 1 {
		return nil, fmt.Errorf("eval: segmentation: %d rows of %d images: not the result of one",
			len(r.Rows), r.Images)
	}
	return &r, nil
}

// Row returns the row of a way; the zero SegmentedRow if absent.
func (r *Segmented) Row(way string) SegmentedRow {
	for _, row := range r.Rows {
		if row.Way == way {
			return row
		}
	}
	return SegmentedRow{}
}

// Replaces reports whether r is an earlier result measured again: with all its rows, by the
// same model and settings on the same images.
func (r *Segmented) Replaces(earlier *Segmented) bool {
	for _, row := range earlier.Rows {
		if r.Row(row.Way).Way == "" {
			return false
		}
	}
	before := earlier.Config
	before.Baselines = r.Config.Baselines
	return r.SameImages(earlier) && r.Images == earlier.Images &&
		r.Step == earlier.Step && reflect.DeepEqual(r.Network, earlier.Network) &&
		reflect.DeepEqual(r.Config, before) && r.Negatives == earlier.Negatives
}

// SameImages reports whether both are of the same split of the same data, wherever it was; data
// without a digest are told by their spec.
func (r *Segmented) SameImages(o *Segmented) bool {
	return r.Digest == o.Digest && r.Split == o.Split && (r.Digest != "" || r.Data == o.Data)
}

// add adds what was measured on an image.
func (r *Segmented) add(way string, m Measured) {
	if way == Mixture {
		r.PerImage = append(r.PerImage, m)
	}
	if r.measured == nil {
		r.measured = map[string][]Measured{}
	}
	r.measured[way] = append(r.measured[way], m)
	at := -1
	for i := range r.Rows {
		if r.Rows[i].Way == way {
			at = i
		}
	}
	if at < 0 {
		at = len(r.Rows)
		r.Rows = append(r.Rows, SegmentedRow{Way: way})
	}
	row := &r.Rows[at]
	row.Segments += float64(m.Segments)
	row.Mean.AdjustedRand += m.Agreement.AdjustedRand
	row.Mean.ProbabilisticRand += m.Agreement.ProbabilisticRand
	row.Mean.Covering += m.Agreement.Covering
	row.Mean.VariationOfInformation += m.Agreement.VariationOfInformation
	if m.Object != nil {
		if row.Object == nil {
			row.Object = &Object{}
		}
		row.Object.IoU += m.Object.IoU
		row.Object.Oracle += m.Object.Oracle
	}
}

// summarise turns sums into means, and pairs baselines with the mixture.
func (r *Segmented) summarise() {
	for i := range r.Rows {
		row := &r.Rows[i]
		n := float64(len(r.measured[row.Way]))
		row.Segments /= n
		row.Mean.AdjustedRand /= n
		row.Mean.ProbabilisticRand /= n
		row.Mean.Covering /= n
		row.Mean.VariationOfInformation /= n
		if row.Object != nil {
			row.Object.IoU /= n
			row.Object.Oracle /= n
		}
		if mixture := r.measured[Mixture]; row.Way != Mixture && len(mixture) > 1 {
			row.Lead = leadOf(mixture, r.measured[row.Way])
		}
	}
}

// Print writes the table, a line for each way.
func (r *Segmented) Print(w io.Writer) error {
	t := newTable(w)
	object := len(r.Rows) > 0 && r.Rows[0].Object != nil
	fmt.Fprint(t, "\tsegments\tARI\tcovering\tPRI\tVI, bits\t")
	if object {
		fmt.Fprint(t, "IoU\toracle IoU\t")
	}
	fmt.Fprintln(t)
	for _, row := range r.Rows {
		m := row.Mean
		fmt.Fprintf(t, "%s\t%.1f\t%.3f\t%.3f\t%.3f\t%.3f\t", row.Way, row.Segments,
			m.AdjustedRand, m.Covering, m.ProbabilisticRand, m.VariationOfInformation)
		if row.Object != nil {
			fmt.Fprintf(t, "%.3f\t%.3f\t", row.Object.IoU, row.Object.Oracle)
		}
		fmt.Fprintln(t)
	}
	r.printLeads(t)
	return t.Flush()
}

// printLeads prints a line for each baseline.
func (r *Segmented) printLeads(t io.Writer) {
	head := "\nmixture ahead by\tARI\tcovering\t\n"
	for _, row := range r.Rows {
		if l := row.Lead; l != nil {
			fmt.Fprint(t, head)
			fmt.Fprintf(t, "%s\t%v\t%v\t\n", row.Way, l.AdjustedRand, l.Covering)
			head = ""
		}
	}
	if head == "" {
		fmt.Fprintf(t, "\n±: half the 95 %% interval of the mean over %d images\n", r.Images)
	}
}
