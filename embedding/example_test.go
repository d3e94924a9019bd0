package embedding_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/amdim/amdim/embedding"
	"github.com/amdim/amdim/feature"
)

func Example() {
	dir, err := os.MkdirTemp("", "embedding")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "photos.npy")
	s := &embedding.Set{Names: []string{"cat.jpg", "dog.jpg"}, Dim: 2, X: []float32{1, 2, 3, 4}}
	if err := s.Save(path); err != nil {
		fmt.Println(err)
		return
	}
	loaded, err := embedding.Load(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(loaded.Len(), loaded.Names[1], loaded.Row(1))
	// Output: 2 dog.jpg [3 4]
}

func ExampleIndex() {
	s := &embedding.Set{
		Names: []string{"cat.jpg", "copy of cat.jpg", "dog.jpg", "house.jpg"},
		Dim:   2, X: []float32{1, 2, 1, 2, 4, 1, 0, -3},
	}
	x, err := embedding.NewIndex(s, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	near, err := x.Search([]float32{3, 1}, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	pairs, err := x.Duplicates(context.Background(), embedding.NearDuplicate)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, g := range embedding.Groups(pairs) {
		fmt.Println(near[0].Name, g.Images, g.Lowest)
	}
	// Output: dog.jpg [0 1] 1
}

// Vectors for another vector store, where inner products are to be the cosines of an Index.
// Moments are kept: vectors that are looked for, or added later, need the same.
func ExampleIndex_otherStore() {
	s := &embedding.Set{
		Names: []string{"cat.jpg", "copy of cat.jpg", "dog.jpg", "house.jpg"},
		Dim:   2, X: []float32{1, 2, 1, 2, 4, 1, 0, -3},
	}
	moments := feature.MomentsOf(feature.Features{Dim: s.Dim, X: s.X})
	store := feature.Features{Dim: s.Dim, X: make([]float32, len(s.X))}
	for i := range s.Len() {
		moments.Apply(store.Row(i), s.Row(i))
	}
	store = store.Unit()

	x, err := embedding.NewIndex(s, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	near, err := x.Near(0, 3)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range near {
		product := float32(0)
		for j, v := range store.Row(m.Index) {
			product += v * store.Row(0)[j]
		}
		fmt.Printf("%s %.3f %.3f\n", m.Name, m.Cosine, product)
	}
	// Output:
	// copy of cat.jpg 1.000 1.000
	// dog.jpg -0.281 -0.281
	// house.jpg -0.572 -0.572
}
