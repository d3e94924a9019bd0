package serve

import (
	"bytes"
	"embed"
	"errors"
	"html/template"
	"image/jpeg"
	"net/http"
	"strconv"
)

//go:embed page.html page.js page.css
var files embed.FS

var page = template.Must(template.ParseFS(files, "page.html"))

// page answers with a page to try the others.
func (h *Handler) page(*http.Request) (reply, error) {
	var b bytes.Buffer
	err := page.Execute(&b, h.config.Title)
	return reply{http.StatusOK, "text/html; charset=utf-8", b.Bytes()}, err
}

// static answers with a file of the page.
func static(name, kind string) func(*http.Request) (reply, error) {
	return func(*http.Request) (reply, error) {
		body, err := files.ReadFile(name)
		return reply{http.StatusOK, kind, body}, err
	}
}

// picture answers with a small picture of an image of the index.
func (h *Handler) picture(r *http.Request) (reply, error) {
	q, o := queryOf(r, "index", "name"), h.Offer()
	switch {
	case o.Picture == nil:
		return reply{}, faultf(http.StatusNotFound, "this server shows no pictures of its index")
	case q.err != nil:
		return reply{}, q.err
	}
	i, err := strconv.Atoi(q.values.Get("index"))
	n := o.Index.Set().Len()
	if i >= n && q.values.Has("name") { // it may have been there before
		return reply{}, faultf(http.StatusNotFound, "the index has %d images now: search again", n)
	}
	if err != nil || i < 0 || i >= n {
		return reply{}, faultf(http.StatusBadRequest, "index=%s: need 0 to %d", q.values.Get("index"), n-1)
	}
	name := o.Index.Set().Names[i]
	if q.values.Has("name") && q.values.Get("name") != string([]rune(name)) { // as JSON spells it
		return reply{}, faultf(http.StatusNotFound, "image %d is %q now, not %q: search again", i, name,
			q.values.Get("name"))
	}
	if err := h.picturing.Wait(r.Context()); err != nil {
		return reply{}, err
	}
	defer h.picturing.Leave()
	img, err := o.Picture(r.Context(), i)
	if err == nil && img == nil {
		err = errors.New("there is none")
	}
	if late := r.Context().Err(); err != nil && late != nil {
		return reply{}, late
	}
	if err != nil { // where images lie is nobody else's business
		h.config.Log("serve: picture %d: %v", i, err)
		return reply{}, faultf(http.StatusNotFound, "%s cannot be shown", name)
	}
	var b bytes.Buffer
	err = jpeg.Encode(&b, img, &jpeg.Options{Quality: 85})
	return reply{http.StatusOK, "image/jpeg", b.Bytes()}, err
}
