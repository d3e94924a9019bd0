package serve

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"math"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/amdim/amdim"
	"github.com/amdim/amdim/data/imagefile"
)

var coarse = amdim.SegmentOptions{
	Side: 40, Step: 4, Tau: 1.5, Fit: -1, Share: 0.02, Least: 0.01, Bilinear: true,
}

const coarseQuery = "side=40&step=4&tau=1.5&fit=0&share=0.02&least=0.01&upsample=bilinear"

func TestPartsAreThoseOfTheModel(t *testing.T) {
	h := handler(t, Config{})
	file := stripes(t, 90, 60, 2)
	img, err := amdim.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	want, err := h.config.Model.Segment(t.Context(), img, coarse)
	if err != nil {
		t.Fatal(err)
	}
	overlay, err := want.Overlay()
	if err != nil {
		t.Fatal(err)
	}
	for as, expected := range map[string]image.Image{
		"labels": nil, "": overlay, "overlay": overlay, "colours": imagefile.RGBA(want.Labels.Picture()),
	} {
		w := post(h, "/v1/segment?"+coarseQuery+"&as="+as, file)
		got, err := png.Decode(w.Body)
		if err != nil || w.Header().Get("Content-Type") != "image/png" {
			t.Fatalf("%s: status %d, %v", as, w.Code, err)
		}
		if got.Bounds() != image.Rect(0, 0, 90, 60) {
			t.Errorf("%s: %v", as, got.Bounds())
		}
		if labels, ok := got.(*image.Paletted); as == "labels" {
			if !ok {
				t.Fatalf("labels are a %T", got)
			}
			for i, label := range want.Labels.Label {
				if int32(labels.Pix[i]) != label {
					t.Fatalf("pixel %d has label %d, want %d", i, labels.Pix[i], label)
				}
			}
		}
		for y := 0; expected != nil && y < 60; y++ {
			for x := range 90 {
				if !sameColour(got.At(x, y), expected.At(x, y)) {
					t.Fatalf("%s: another colour at %d, %d", as, x, y)
				}
			}
		}
	}
}

// 0 is none, as for amdim segment, and not the default.
func TestZeroTurnsAnOptionOff(t *testing.T) {
	h := handler(t, Config{})
	file := stripes(t, 90, 60, 2)
	img, err := amdim.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	for query, o := range map[string]amdim.SegmentOptions{
		"": {}, "fit=0": {Fit: -1}, "share=0": {Share: -1}, "fit=7&share=0.01": {Fit: 7, Share: 0.01},
		"upsample=guided": {}, "upsample=bilinear": {Bilinear: true},
	} {
		want, err := h.config.Model.Segment(t.Context(), img, o)
		if err != nil {
			t.Fatal(err)
		}
		got := read[segmented](t, post(h, "/v1/segment?as=json&"+query, file))
		if !reflect.DeepEqual(got, components(want)) {
			t.Errorf("%s: %+v, want %+v", query, got, components(want))
		}
	}
}

func sameColour(a, b interface{ RGBA() (r, g, b, a uint32) }) bool {
	r1, g1, b1, _ := a.RGBA()
	r2, g2, b2, _ := b.RGBA()
	return r1 == r2 && g1 == g2 && b1 == b2
}

func TestPartsInNumbers(t *testing.T) {
	h := handler(t, Config{})
	file := stripes(t, 50, 70, 1)
	got := read[segmented](t, post(h, "/v1/segment?as=json&"+coarseQuery, file))
	picture, err := png.Decode(bytes.NewReader(post(h, "/v1/segment?as=labels&"+coarseQuery, file).Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	img, err := amdim.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := h.config.Model.Segment(t.Context(), img, coarse)
	if err != nil {
		t.Fatal(err)
	}
	counts, sure := map[int32]float64{}, map[int32]float64{}
	for i, label := range picture.(*image.Paletted).Pix {
		counts[int32(label)] += 1 / float64(50*70)
		sure[int32(label)] += float64(whole.Confidence[i]) / float64(50*70)
	}
	if got.Width != 50 || got.Height != 70 || len(got.Components) != len(counts) {
		t.Fatalf("%+v, want %d components", got, len(counts))
	}
	for _, c := range got.Components {
		r, g, b, _ := picture.(*image.Paletted).Palette[c.Label].RGBA()
		if want := fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8); c.Colour != want {
			t.Errorf("label %d has the colour %s, in the picture %s", c.Label, c.Colour, want)
		}
		share := counts[c.Label]
		mean := sure[c.Label] / share
		if !(math.Abs(c.Share-share) < 1e-9) || !(math.Abs(c.Confidence-mean) < 1e-9) {
			t.Errorf("%+v, want a share of %v and a confidence of %v", c, share, mean)
		}
	}
}

// Where files lie is nobody else's business.
func TestWhatIsLackingIsSaidWithoutAPath(t *testing.T) {
	h := handler(t, Config{})
	h.unsegmented = fmt.Errorf("%w as /home/jo/n.safetensors", amdim.ErrNoNegatives)
	w := post(h, "/v1/segment", photo(t, 1))
	refused(t, "segment", w, 404, amdim.ErrNoNegatives.Error())
	if strings.Contains(w.Body.String(), "/home/jo") {
		t.Errorf("told %s", w.Body)
	}
}

// Who wants both asks once: the picture in the numbers is the one that is answered alone.
func TestNumbersMayHoldAPicture(t *testing.T) {
	h := handler(t, Config{})
	file := stripes(t, 50, 70, 1)
	without := read[segmented](t, post(h, "/v1/segment?as=json&"+coarseQuery, file))
	for _, picture := range []string{"overlay", "colours", "labels"} {
		got := read[segmented](t, post(h, "/v1/segment?as=json&picture="+picture+"&"+coarseQuery, file))
		alone := post(h, "/v1/segment?as="+picture+"&"+coarseQuery, file).Body.Bytes()
		if !bytes.Equal(got.Picture, alone) {
			t.Errorf("%s: another picture, of %d bytes", picture, len(got.Picture))
		}
		if got.Picture = nil; !reflect.DeepEqual(got, without) {
			t.Errorf("%s: %+v, want %+v", picture, got, without)
		}
	}
	none := post(h, "/v1/segment?as=json&picture=none&"+coarseQuery, file)
	if read[segmented](t, none).Picture != nil || without.Picture != nil {
		t.Error("a picture that nobody asked for")
	}
	refused(t, "two", post(h, "/v1/segment?picture=labels", file), 400, "picture=labels needs as=json")
	refused(t, "another", post(h, "/v1/segment?as=json&picture=x", file), 400, "need none, overlay, colours")
}

// Nobody else waits for what is refused, nor for an image that is not there yet.
func TestARequestIsReadBeforeItIsSegmented(t *testing.T) {
	h := handler(t, Config{Pixels: 10_000, Timeout: 5 * time.Second})
	h.segmenting <- struct{}{} // another image is segmented
	two, large := [2]string{"a.png", string(stripes(t, 9, 9, 1))}, stripes(t, 101, 100, 1)
	kind, body := form(t, two, two)
	refused(t, "two", do(h, http.MethodPost, "/v1/segment", kind, bytes.NewReader(body)), 400, "one at a time")
	refused(t, "a large one", post(h, "/v1/segment", large), 413, "101 × 100 pixels")
	h.segmenting.Leave()
}
