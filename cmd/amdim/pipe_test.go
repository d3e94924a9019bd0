package main

import (
	"context"
	"errors"
	"os"
	"testing"
)

func TestWhoseReaderIsGoneIsStopped(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	out := piped(w, cancel)
	if _, err := out.Write([]byte("x")); err != nil || ctx.Err() != nil {
		t.Fatalf("with a reader: %v, %v", err, ctx.Err())
	}
	r.Close()
	_, err = out.Write([]byte("x"))
	if !readerGone(err) || !errors.Is(context.Cause(ctx), errNoReader) || !unheard(ctx, err) {
		t.Errorf("%v, stopped by %v", err, context.Cause(ctx))
	}
}
