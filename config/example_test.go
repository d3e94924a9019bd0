package config_test

import (
	"fmt"

	"github.com/amdim/amdim/config"
)

func Example() {
	c, err := config.Preset("cifar10-tiny")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.Set("model.n_rkh=1024"))
	fmt.Println(c.Set("model.n_rkhs=1024"), c.Model.NRKHS, c.Validate())
	// Output:
	// config: unknown key "model.n_rkh": did you mean "model.n_rkhs"?
	// <nil> 1024 <nil>
}
