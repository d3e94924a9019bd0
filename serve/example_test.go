package serve_test

import (
	"context"
	"crypto/subtle"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/amdim/amdim"
	"github.com/amdim/amdim/serve"
)

// trained is the folder of a run: a very small network after two updates.
func trained() (run string, err error) {
	if run, err = os.MkdirTemp("", "run"); err != nil {
		return "", err
	}
	_, err = amdim.Pretrain(context.Background(), amdim.PretrainConfig{
		Preset: "demo", Data: "shapes:train=32,test=1", Out: run, MaxSteps: 2,
		Set: []string{"model.ndf=4", "model.n_rkhs=16", "model.n_depth=1", "train.batch=16", "train.epochs=1"},
	})
	return run, err
}

// knowing lets those ask who know a token. It hands on the ResponseWriter as it is; one that it
// would wrap needs a method Unwrap, by which Config.Timeout reaches the connection.
func knowing(token string, h http.Handler) http.Handler {
	want := []byte("Bearer " + token)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), want) != 1 {
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// ask returns the status of an answer.
func ask(url, token string) (string, error) {
	r, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", err
	}
	return answer.Status, answer.Body.Close()
}

// A handler below a prefix, for those who know a token, on a server that ends well: what was
// asked before is answered, and then the model is closed.
func ExampleNew() {
	run, err := trained()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(run)
	m, err := amdim.Open(run, amdim.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close() // after Shutdown
	h, err := serve.New(context.Background(), serve.Config{Model: m, Log: log.Printf})
	if err != nil {
		fmt.Println(err)
		return
	}
	mux := http.NewServeMux() // other handlers stand beside it
	mux.Handle("/photos/", knowing("a secret", http.StripPrefix("/photos", h)))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	ended := make(chan error)
	go func() { ended <- server.Serve(listener) }()

	for _, token := range []string{"a guess", "a secret"} {
		fmt.Println(ask("http://"+listener.Addr().String()+"/photos/v1/model", token))
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second) // a signal has come
	defer cancel()
	fmt.Println(server.Shutdown(ctx), <-ended)
	// Output:
	// 401 Unauthorized <nil>
	// 200 OK <nil>
	// <nil> http: Server closed
}
