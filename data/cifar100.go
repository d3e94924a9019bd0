package data

import "strings"

// cifar100 has the 20 coarse classes as the first label, which is checked and
// ignored, and the 100 fine ones as the second.
var cifar100 = cifar{
	kind: "cifar100",
	origin: origin{
		url:      "https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz",
		get:      "amdim data get cifar100",
		md5:      "03b5dce01913d631647c71ecec9e9cb8",
		sha256:   "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec",
		folder:   "cifar-100-binary",
		python:   []string{"cifar-100-python"},
		unpacked: 256 << 20, // the official one has 185 MB
	},
	labels:   []int{20, 100},
	classes:  cifar100Classes,
	training: cifarFiles{[]string{"train.bin"}, 50_000},
	test:     cifarFiles{[]string{"test.bin"}, 10_000},
}

// cifar100Classes are the lines of fine_label_names.txt.
var cifar100Classes = strings.Fields(`
	apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus
	butterfly camel can castle caterpillar cattle chair chimpanzee clock cloud cockroach couch crab
	crocodile cup dinosaur dolphin elephant flatfish forest fox girl hamster house kangaroo
	keyboard lamp lawn_mower leopard lion lizard lobster man maple_tree motorcycle mountain mouse
	mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree plain plate poppy
	porcupine possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk skyscraper
	snail snake spider squirrel streetcar sunflower sweet_pepper table tank telephone television
	tiger tractor train trout tulip turtle wardrobe whale willow_tree wolf woman worm
`)
