package torchfile_test

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/amdim/amdim/format/torchfile"
)

func Example() {
	root := torchfile.NewDict()
	root.Set("step", int64(7))
	root.Set("bias", torchfile.NewTensor(torchfile.Float32, []int{3}, func() ([]float32, error) {
		return []float32{1, 2, 3}, nil
	}))
	var file bytes.Buffer
	if err := torchfile.Write(&file, root); err != nil {
		log.Fatal(err)
	}
	path := filepath.Join(os.TempDir(), "torchfile-example.pth")
	if err := os.WriteFile(path, file.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
	defer os.Remove(path)

	f, err := torchfile.Open(path) // as would torch.load
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	bias, _ := f.Root.Value("bias")
	v, err := bias.(*torchfile.Tensor).Float32s()
	fmt.Println(f.Root.Keys(), v, err)
	// Output: [step bias] [1 2 3] <nil>
}
