package embedding_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/amdim/amdim/embedding"
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
