package data

// Archive is the official file of a collection. The MD5 is that of the CIFAR page,
// and of STL-10 that of torchvision. The pages state no SHA-256: those of CIFAR are
// pinned by MLDatasets.jl and GoMLX alike, that of STL-10 by the Python package
// batchup and a reader of it in Julia.
type Archive struct {
	Kind, URL, Name, MD5, SHA256 string
	Limit                        int64 // bytes that it is sure to be smaller than
}

// Archives are those of the collections that are published as one file.
func Archives() []Archive {
	var all []Archive
	for _, c := range []struct {
		kind string
		origin
	}{{cifar10.kind, cifar10.origin}, {cifar100.kind, cifar100.origin}, {"stl10", stl10.origin}} {
		all = append(all, Archive{c.kind, c.url, c.archive(), c.md5, c.sha256, c.unpacked})
	}
	return all
}
