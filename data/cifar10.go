package data

// cifar10 has one label per record.
var cifar10 = cifar{
	kind: "cifar10",
	origin: origin{
		url:      "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
		get:      "amdim data get cifar10",
		md5:      "c32a1d4ab5d03f1284b67883e8d87530",
		sha256:   "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
		folder:   "cifar-10-batches-bin",
		python:   []string{"data_batch_1", "cifar-10-batches-py"},
		unpacked: 256 << 20, // the official one has 184 MB
	},
	labels:  []int{10},
	classes: []string{"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"},
	training: cifarFiles{[]string{
		"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin",
	}, 10_000},
	test: cifarFiles{[]string{"test_batch.bin"}, 10_000},
}
