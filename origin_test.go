package amdim

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/embedding"
)

func TestVectorsOfEmbedMakeASetLikeThatOfFiles(t *testing.T) {
	ctx, dir, m := context.Background(), photos(t, 4), open(t, Options{})
	files, _, err := m.EmbedFiles(ctx, dir+"/p1.png", dir+"/p3.png")
	if err != nil {
		t.Fatal(err)
	}
	vectors, err := m.Embed(ctx, photo(1), photo(3))
	if err != nil {
		t.Fatal(err)
	}
	s, err := m.NewSet(files.Names, vectors)
	if err != nil || !reflect.DeepEqual(s, files) {
		t.Errorf("%+v, %v, want %+v", s, err, files)
	}
	vectors[0][0]++
	if !slices.Equal(s.X, files.X) {
		t.Error("the set shares memory with the vectors")
	}
	if origin, err := m.Origin(); err != nil || origin != files.Model {
		t.Errorf("origin %+v, %v, want %+v", origin, err, files.Model)
	}
	folder, _, err := m.EmbedFolder(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	all, err := embedding.Join(folder, s)
	if err != nil || all.Len() != 6 {
		t.Fatalf("joined: %v, %v", all, err)
	}
	if x, err := NewIndex(all); err != nil || m.CheckIndex(x) != nil {
		t.Errorf("an index of both: %v, %v", err, m.CheckIndex(x))
	}
}

func TestNewSetRefusesWhatDoesNotFit(t *testing.T) {
	m := open(t, Options{})
	good, short := make([]float32, m.Dim()), make([]float32, m.Dim()-1)
	spoilt := append(slices.Clone(short), float32(math.NaN()))
	for _, c := range []struct {
		names   []string
		vectors [][]float32
		want    string
	}{
		{[]string{"a", "b"}, [][]float32{good, short}, "vector 2 of 2 has 15 numbers, need 16"},
		{[]string{"a"}, [][]float32{good, good}, "1 names for 32 numbers"},
		{[]string{"a", "b"}, [][]float32{good, spoilt}, `number 15 of "b" is NaN`},
		{nil, nil, "no images"},
	} {
		_, err := m.NewSet(c.names, c.vectors)
		text := fmt.Sprint(err)
		if !strings.HasPrefix(text, "amdim: new set: ") || !strings.Contains(text, c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
		if other := strings.Contains(c.want, "need 16"); errors.Is(err, ErrOtherNetwork) != other {
			t.Errorf("%v is of another network: %v", err, !other)
		}
	}
	m.Close()
	if _, err := m.NewSet([]string{"a"}, [][]float32{good}); !errors.Is(err, ErrClosed) {
		t.Errorf("a set after Close: %v", err)
	}
	if _, err := m.Origin(); !errors.Is(err, ErrClosed) {
		t.Errorf("an origin after Close: %v", err)
	}
}
