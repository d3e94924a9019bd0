package serve

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"mime"
	"net/http"

	"github.com/amdim/amdim"
	"github.com/amdim/amdim/data/imagefile"
)

// upload is an image of a request, or what is wrong with it.
type upload struct {
	name   string      // of its file, if the request names it
	image  image.Image // until its vector is computed
	vector []float32
	err    error
}

// uploads reads the images of a request. Those that wait for their vectors are as small as
// these allow and take no more than Bytes in all: of a strip of 50 million pixels, a file of 6 KB,
// nothing can be left out.
func (h *Handler) uploads(r *http.Request) ([]*upload, error) {
	var all []*upload
	held := int64(0)
	err := h.files(r, func(name string, file []byte) error {
		if len(all) == mostImages {
			return faultf(http.StatusRequestEntityTooLarge,
				"the request has more than %d images, the limit", mostImages)
		}
		room, err := h.decodingRoom(file)
		if err != nil {
			all = append(all, &upload{name: name, err: err})
			return nil
		}
		if err := h.decoding.Acquire(r.Context(), room); err != nil {
			return err
		}
		defer h.decoding.Release(room)
		u := &upload{name: name}
		all = append(all, u)
		img, err := decode(r.Context(), file)
		if u.err = err; err != nil {
			return r.Context().Err()
		}
		u.image = h.config.Model.Reduce(img)
		size := u.image.Bounds().Size()
		if held += 3 * int64(size.X) * int64(size.Y); held <= h.config.Bytes {
			return nil
		}
		held = 0
		return h.embedUploads(r.Context(), all)
	})
	if err != nil {
		return nil, err
	}
	for _, u := range all {
		if u.err == nil {
			return all, nil
		}
	}
	return nil, all[0].err
}

// embedUploads computes the vectors that are missing. The images are not needed then.
func (h *Handler) embedUploads(ctx context.Context, all []*upload) error {
	var waiting []*upload
	var images []image.Image
	for _, u := range all {
		if u.image != nil {
			waiting, images = append(waiting, u), append(images, u.image)
		}
	}
	vectors, err := h.config.Model.Embed(ctx, images...)
	if err != nil {
		return err
	}
	for i, u := range waiting {
		u.vector, u.image = vectors[i], nil
	}
	return nil
}

// files calls take for each file of a request: of a form, or the body itself.
func (h *Handler) files(r *http.Request, take func(name string, file []byte) error) error {
	if r.ContentLength > h.config.Bytes {
		return &http.MaxBytesError{Limit: h.config.Bytes}
	}
	if encoding := r.Header.Get("Content-Encoding"); encoding != "" && encoding != "identity" {
		return faultf(http.StatusUnsupportedMediaType, "the body is encoded (%s): send the file as it is", encoding)
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" { // any other is as good as none
		file, err := io.ReadAll(r.Body)
		switch {
		case err != nil:
			return unread(err)
		case len(file) == 0:
			return faultf(http.StatusBadRequest, "the body is empty: send an image file")
		case kind == "application/x-www-form-urlencoded" && textual(file):
			return faultf(http.StatusUnsupportedMediaType,
				"the body is no image file as it is: with curl, send one with --data-binary @FILE")
		}
		return take("", file)
	}
	form, err := r.MultipartReader()
	if err != nil {
		return unread(err)
	}
	for n := 0; ; n++ {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) && n > 0 {
			return nil
		}
		if errors.Is(err, io.EOF) {
			return faultf(http.StatusBadRequest, "the form is empty: send image files")
		}
		if err != nil {
			return unread(err)
		}
		file, err := io.ReadAll(part)
		if err != nil {
			return unread(err)
		}
		if part.FileName() == "" && !isImage(file) {
			return faultf(http.StatusBadRequest, "the field %q of the form is no image file (with curl: "+
				"-F a=@FILE); parameters stand in the address, as in ?k=5", part.FormName())
		}
		if err := take(part.FileName(), file); err != nil {
			return err
		}
	}
}

// textual reports whether a file is what curl -d makes of one, or its name: it lacks line ends
// and zero bytes, of which every image has some.
func textual(file []byte) bool { return !bytes.ContainsAny(file, "\r\n\x00") }

// isImage reports whether a file begins as those of a known format do. Some clients name none.
func isImage(file []byte) bool {
	_, _, _, err := imagefile.Config(file)
	return len(file) > 0 && !errors.Is(err, imagefile.ErrFormat)
}

// unread is the error of a body that was not read to its end: the client's fault, unless a
// limit says otherwise.
func unread(err error) error {
	if statusOf(err) == http.StatusInternalServerError {
		return faultf(http.StatusBadRequest, "read the request: %w", err)
	}
	return err
}

// pixelBytes is the memory that a pixel may take while it is decoded: see amdim.Decode.
const pixelBytes = 32

// decodingRoom is how many pixels take as much memory as the image in a file may while it is
// decoded, at most all that there is room for; an image of too many pixels is an error.
func (h *Handler) decodingRoom(file []byte) (int64, error) {
	w, height, format, err := imagefile.Config(file)
	if err != nil {
		return 0, unusable(err)
	}
	if err := (imagefile.Limits{Pixels: h.config.Pixels}).Check(w, height); err != nil {
		return 0, fmt.Errorf("an image of %d × %d pixels: %w", w, height, err)
	}
	return min(int64(w)*int64(height)+imagefile.Fixed(format)/pixelBytes, h.config.Pixels), nil
}

func decode(ctx context.Context, file []byte) (image.Image, error) {
	img, err := amdim.DecodeContext(ctx, file)
	return img, unusable(err)
}

// unusable is the error of a file that is no image, or a damaged one: the client's fault.
func unusable(err error) error {
	if err != nil && statusOf(err) == http.StatusInternalServerError {
		return faultf(http.StatusUnprocessableEntity, "%w", err)
	}
	return err
}
