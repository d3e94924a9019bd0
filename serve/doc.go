// Package serve answers over HTTP what a trained model can say of an image: its vector, the
// images of an index that are nearest to it, its class after a few labelled ones, and its
// parts.
//
// The one idea is that a Handler limits what a request may take before it takes it: bytes before
// they are read, pixels before they are decoded, requests before they wait. Requests within the
// limits wait their turn; others are refused with a status that says why. Image files come from
// others and are not trusted: the limits bound the risk of decoding them.
//
//	m, err := amdim.Open("runs/photos", amdim.Options{})
//	…
//	h, err := serve.New(ctx, serve.Config{Model: m, Offer: serve.Offer{Index: index}})
//	…
//	mux.Handle("/photos/", http.StripPrefix("/photos", h))
//
// Requests and answers, errors as {"error": "…"}:
//
//	GET  /                    a page to try it in a browser
//	GET  /health              {"status": "ok"}
//	GET  /v1/model            what is offered, and the limits
//	POST /v1/embed            {"images": [{"name", "embedding": […]}]}
//	POST /v1/search?k=10      {"images": [{"name", "matches": [{"index", "name", "cosine"}]}]}
//	GET  /v1/search?name=N    the same for an image of the index
//	POST /v1/classify?k=5     {"images": [{"name", "classes": [{"class", "probability"}]}]}
//	POST /v1/segment?as=…     a PNG: overlay, colours or labels; or json, with &picture=… holding one
//	GET  /v1/picture?index=I  a small picture of an image of the index; with &name=N only of N
//
// The body of a POST is an image file, or multipart/form-data with several. If one of several
// cannot be used, its place in the answer holds an error; if none can, the request fails.
//
// A vector is that of [amdim.Model.Embed], whatever else is asked at the same time. Its length is
// not 1: Embed says how vectors are compared in another vector store as they are here.
package serve
