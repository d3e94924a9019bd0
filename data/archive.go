package data

// Archive is the official file of a collection. The MD5 is that on the CIFAR page
// or, for STL-10, that in torchvision. The pages state no SHA-256: those of CIFAR
// are pinned by both MLDatasets.jl and GoMLX, that of STL-10 by the Python package
// batchup and a Julia reader.
type Archive struct {
	Kind, URL, Name, MD5, SHA256 string
	Limit                        int64 // bytes; it is certainly smaller
}

// Archives returns those of the collections that are published as a single file.
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
