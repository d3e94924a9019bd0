package report

import (
	_ "embed"
	"fmt"
	"io"
	"strings"
	"text/template"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/graph"
)

// Card is a model card: what anyone who uses a network must know about it
// (Mitchell et al. 2019, "Model cards for model reporting", arXiv 1810.03993).
type Card struct {
	Name     string
	Files    []string // that it accompanies; may be none
	Meta     checkpoint.Meta
	Settings config.Config
	Result   *eval.Result // nil: not evaluated
	Commands []string     // that made it; may be none

	Transfers []*eval.Result // on other data than it learnt from
}

//go:embed card.md
var cardText string

var card = template.Must(template.New("card").Funcs(template.FuncMap{
	"cell": cardCell, "code": cardCode,
}).Parse(cardText))

// Write writes the card as Markdown.
func (c *Card) Write(w io.Writer) error {
	err := visibly(w, func(w io.Writer) error { return card.Execute(w, c) })
	if err != nil {
		return fmt.Errorf("report: model card: %w", err)
	}
	return nil
}

// cardCell returns text for a table or a line of Markdown, whose names and specs may be those of
// others: what would begin a tag of HTML or a link stands for itself.
func cardCell(v any) string {
	return strings.NewReplacer(`\`, `\\`, "|", `\|`, "&", "&amp;", "<", "&lt;", "[", `\[`).Replace(cardCode(v))
}

// cardCode returns text that stands as code, where nothing is escaped.
func cardCode(v any) string {
	return strings.NewReplacer("\n", " ", "\r", " ", "`", "'").Replace(fmt.Sprint(v))
}

// Parameters says how many trainable parameters, in millions, each part has that the
// network was trained with: some files hold only the encoder.
func (c *Card) Parameters() string {
	vars := c.Settings.Model.Pretrain(0).Vars
	var all []string
	for _, part := range []struct{ name, prefix string }{
		{"encoder", "encoder."}, {"head φ5", "phi5."}, {"head φ7", "phi7."}, {"mixture", "mix."},
	} {
		if n := graph.Parameters(vars, part.prefix); n > 0 {
			all = append(all, fmt.Sprintf("%s %.2f M", part.name, float64(n)/1e6))
		}
	}
	return strings.Join(all, ", ")
}

// Pairs are the contrastive tasks.
func (c *Card) Pairs() string {
	var all []string
	for _, p := range c.Settings.Model.Tasks() {
		all = append(all, p.String())
	}
	return strings.Join(all, ", ")
}

// Mixture describes the mixture; empty if the network has none.
func (c *Card) Mixture() string {
	m := c.Settings.Model.Mix
	if m.K == 0 {
		return ""
	}
	trained := fmt.Sprintf("τ = %g", m.Temperature())
	if m.Hard {
		trained = "hard: each location took only its best one"
	}
	return fmt.Sprintf("k = %d components, %s; only in the .safetensors form. What amdim segment scores "+
		"locations against is beside it in FILE.negatives.safetensors and must be kept with it", m.K, trained)
}

// Channels writes three numbers, for red, green and blue.
func (c *Card) Channels(v [3]float64) string {
	return fmt.Sprintf("%.4g, %.4g, %.4g", v[0], v[1], v[2])
}

// Known reports whether it is recorded which images the network learnt from.
func (c *Card) Known() bool { return c.Meta.Data.Images > 0 }

// Shorter is the length of an image's shorter side before the centre crop.
func (c *Card) Shorter() int { return max(c.Meta.Preprocessing.Resize, c.Meta.Preprocessing.Size) }

// Reduction says what happens to large images before that.
func (c *Card) Reduction() string { return Reduction(c.Shorter()) }

// Reduction says, in a sentence, what happens to large images before their shorter side
// is resized: see augment.Config.Source and imagefile.Reduce.
func Reduction(resize int) string {
	return fmt.Sprintf("Of an image whose shorter side has %d pixels or more, k × k pixels first become "+
		"their mean, k the largest whole number that leaves at least %d.", 4*resize, 2*resize)
}

// Results are those on its own data and on others.
func (c *Card) Results() []*eval.Result {
	if c.Result == nil {
		return c.Transfers
	}
	return append([]*eval.Result{c.Result}, c.Transfers...)
}
