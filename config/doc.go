// Package config composes the settings of the packages into one struct that is
// read strictly, stored whole in every checkpoint, and compared on resume.
//
// The one idea is that the structs are the schema: the keys in a file, in --set
// and in messages are paths of their JSON names, and this package knows nothing
// else about them. An unknown key is an error that suggests the nearest one.
//
//	c, err := config.Preset("cifar10-tiny")
//	err = c.Merge(fileBytes)           // only the keys that it contains
//	err = c.Set("model.ndf=128")       // typed by the struct
//	err = c.Validate()
package config
