package serve

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"

	"github.com/amdim/amdim"
	"github.com/amdim/amdim/data/imagefile"
	"github.com/amdim/amdim/segment"
)

// segmented says what an image is divided into.
type segmented struct {
	Width      int         `json:"width"`
	Height     int         `json:"height"`
	Components []component `json:"components"`
	Picture    []byte      `json:"picture,omitempty"` // a PNG; in JSON it is base64
}

// component is one of the mixture, as far as the image holds it.
type component struct {
	Label      int32   `json:"label"`      // of its pixels
	Colour     string  `json:"colour"`     // in pictures: #rrggbb
	Share      float64 `json:"share"`      // of the image
	Confidence float64 `json:"confidence"` // mean probability of its pixels
}

// segment answers with the parts of an image.
func (h *Handler) segment(r *http.Request) (reply, error) {
	q := queryOf(r, "as", "picture", "side", "step", "tau", "fit", "share", "least", "upsample")
	as := q.word("as", "overlay", "colours", "labels", "json")
	picture := q.word("picture", "none", "overlay", "colours", "labels")
	if picture != "none" && as != "json" {
		q.fail("picture=%s needs as=json: as=%s is a picture itself", picture, as)
	}
	o := amdim.SegmentOptions{
		Side: q.integer("side"), Step: q.integer("step"), Tau: q.number("tau"),
		Fit: noneIfZero(q, "fit", q.integer), Share: noneIfZero(q, "share", q.number), Least: q.number("least"),
		Bilinear: q.word("upsample", "guided", "bilinear") == "bilinear",
	}
	switch {
	case h.unsegmented != nil:
		return reply{}, faultf(http.StatusNotFound, "this server divides no images: %w", h.lack())
	case q.err != nil:
		return reply{}, q.err
	}
	if err := h.config.Model.CheckSegment(o); err != nil {
		return reply{}, faultf(http.StatusBadRequest, "%w", err)
	}
	var file []byte
	n := 0
	err := h.files(r, func(_ string, f []byte) error {
		if n++; n > 1 {
			return faultf(http.StatusBadRequest, "the form holds several images: send one at a time")
		}
		file = f
		return nil
	})
	if err != nil {
		return reply{}, err
	}
	if _, err := h.decodingRoom(file); err != nil {
		return reply{}, err
	}
	if err := h.segmenting.Wait(r.Context()); err != nil {
		return reply{}, err
	}
	defer h.segmenting.Leave()
	img, err := decode(r.Context(), file)
	if err != nil {
		return reply{}, err
	}
	s, err := h.config.Model.Segment(r.Context(), img, o)
	if err != nil {
		return reply{}, err
	}
	return answer(r.Context(), s, as, picture)
}

// noneIfZero is a parameter of which 0 means none, as for amdim segment: in SegmentOptions that
// is −1, and 0 the default.
func noneIfZero[T int | float64](q *query, name string, parse func(string) T) T {
	x := parse(name)
	switch {
	case x < 0:
		q.fail("%s=%v: need 0 (none) or more", name, x)
	case x == 0 && q.values.Get(name) != "":
		return -1
	}
	return x
}

// answer is a segmentation in one of the forms, unless ctx is done before.
func answer(ctx context.Context, s *amdim.Segmentation, as, picture string) (reply, error) {
	if as != "json" {
		picture = as
	}
	var drawn []byte
	var err error
	if picture != "none" {
		drawn, err = draw(ctx, s, picture)
	}
	switch {
	case err != nil:
		return reply{}, err
	case as != "json":
		return reply{http.StatusOK, "image/png", drawn}, nil
	}
	out := components(s)
	out.Picture = drawn
	return replyJSON(http.StatusOK, out)
}

// draw makes a PNG of a segmentation, unless ctx is done before.
func draw(ctx context.Context, s *amdim.Segmentation, picture string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	w := until{ctx, &b}
	var err error
	switch picture {
	case "labels":
		err = s.Labels.WritePNG(w)
	case "colours":
		err = quick.Encode(w, imagefile.RGBA(s.Labels.Picture()))
	default:
		var overlay image.Image
		if overlay, err = s.Overlay(); err == nil {
			err = quick.Encode(w, overlay)
		}
	}
	return b.Bytes(), err
}

// quick takes a quarter of the time of the default for a photograph, whose file is a fifth larger.
var quick = png.Encoder{CompressionLevel: png.BestSpeed}

// until writes until its context is done, so that what encodes a large picture ends then.
type until struct {
	ctx context.Context
	io.Writer
}

// Write implements io.Writer.
func (u until) Write(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.Writer.Write(p)
}

// components sums up a segmentation, in the order of labels.
func components(s *amdim.Segmentation) segmented {
	counts, sums := make([]int, s.Grid.K), make([]float64, s.Grid.K)
	for i, label := range s.Labels.Label {
		counts[label]++
		sums[label] += float64(s.Confidence[i])
	}
	palette := segment.Palette()
	out := segmented{Width: s.Labels.W, Height: s.Labels.H}
	for label, n := range counts {
		if n > 0 {
			r, g, b, _ := palette[label%len(palette)].RGBA()
			out.Components = append(out.Components, component{
				Label: int32(label), Colour: fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8),
				Share: float64(n) / float64(len(s.Labels.Label)), Confidence: sums[label] / float64(n),
			})
		}
	}
	return out
}
