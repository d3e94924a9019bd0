// Package config composes the settings of the packages into one struct that is
// read strictly, stored whole in every checkpoint, and compared on resume.
//
// The one idea is that the structs are the schema: the keys of a file, of --set
// and of messages are the paths of their JSON names, and nothing else is known
// about them here. An unknown key is an error that suggests the nearest one.
//
//	c, err := config.Preset("cifar10-tiny")
//	err = c.Merge(fileBytes)           // only the keys that stand in it
//	err = c.Set("model.ndf=128")       // typed by the struct
//	err = c.Validate()
package config
