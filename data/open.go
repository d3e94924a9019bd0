package data

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/amdim/amdim/internal/spelling"
)

// kinds are what may precede the colon of a spec.
var kinds = []struct {
	name, form string
	open       func(rest string, split Split, o Options) (Dataset, error)
}{
	{"folder", "folder:DIR", openFolder},
	{"shapes", "shapes[:size=32,train=10000,test=2000,seed=0]", openShapes},
	{"cifar10", "cifar10:DIR", cifar10.open},
	{"cifar100", "cifar100:DIR", cifar100.open},
	{"stl10", "stl10:DIR[,fold=K]", stl10.open},
	{"imagenet", "imagenet:DIR", openImageNet},
	{"places205", "places205:DIR", places205.open},
	{"bsds500", "bsds500:DIR[,split=test]", openBSDS},
	{"packed", "packed:DIR", openPacked},
}

// Options says how images are held. Only Side affects the pixels.
type Options struct {
	// Side bounds images that are files: each is reduced by the largest whole
	// factor that leaves its shorter side at least this long. 0: none is.
	Side   int
	Memory int64 // bytes that decoded files may take; 0: none are kept, except those from an archive

	// Contents asks for sums of what files hold, made as they are read, for the function
	// of that name.
	Contents bool

	// Context ends Open while it looks for files: on a network disk that takes minutes. nil:
	// nothing does. It is a field since Options reach the scanners by many paths that carry
	// nothing else; a data set that is open does not keep it.
	Context context.Context
}

// Until returns o with a context.
func (o Options) Until(ctx context.Context) Options {
	o.Context = ctx
	return o
}

// scanning is the context of a scan.
func (o Options) scanning() context.Context {
	if o.Context == nil {
		return context.Background()
	}
	return o.Context
}

// Open returns a split of the data that spec names, or a *SpecError if it names none:
//
//	folder:DIR          a folder of photographs: see Folder
//	shapes              generated pictures, always there
//	shapes:size=64,…    with the options of ShapesConfig: size, train, test, seed
//	cifar10:DIR         the binary version of CIFAR-10: DIR holds the .bin files, or
//	                    cifar-10-batches-bin, or cifar-10-binary.tar.gz, or is the archive
//	cifar100:DIR        the binary version of CIFAR-100, likewise; its 100 fine classes
//	stl10:DIR           the binary version of STL-10, likewise; Pretrain is the training
//	                    images followed by the unlabelled ones, read when asked for
//	stl10:DIR,fold=K    Train is fold K, 0 to 9, of 1000 training images
//	imagenet:DIR        ILSVRC 2012, or fewer of its images and classes: DIR holds train
//	                    and val as folders of classes, or the official archives
//	                    ILSVRC2012_img_train.tar and ILSVRC2012_img_val.tar, which need
//	                    not be unpacked; Test is val. If val is flat, as its archive
//	                    is, ILSVRC2012_devkit_t12.tar.gz, or what is in it, lies beside
//	                    it. Classes are WordNet IDs in their order. The digest is the
//	                    same in every form
//	places205:DIR       Places205: DIR holds the lists trainvalsplit_places205/*.csv and
//	                    the images below data/vision/torralba/deeplearning/images256, or
//	                    below images256 or DIR; Test is val, classes are named by paths
//	bsds500:DIR         BSDS500, which is Segmented: DIR holds images and groundTruth, as
//	                    in BSR/BSDS500/data of its archive, or segmentations as
//	                    PNG; Test is val; no labels
//	bsds500:DIR,split=test  Test is the official test split
//	packed:DIR          what amdim data pack made of any of these: see Packed
func Open(spec string, split Split, o Options) (Dataset, error) {
	name, rest, _ := strings.Cut(spec, ":")
	for _, k := range kinds {
		if k.name == name {
			return k.open(rest, split, o)
		}
	}
	if info, err := os.Stat(spec); err == nil {
		dir := spec
		if !info.IsDir() {
			dir = filepath.Dir(spec)
		}
		return nil, specErrorf("data: %q is not a spec: did you mean folder:%s?", spec, dir)
	}
	forms := strings.Join(Forms(), ", ")
	if near, ok := spelling.Nearest(name, kindNames()); ok {
		return nil, specErrorf("data: unknown kind %q in spec %q: did you mean %q? Known kinds: %s",
			name, spec, near, forms)
	}
	return nil, specErrorf("data: unknown kind %q in spec %q; known kinds: %s", name, spec, forms)
}

// cutOption cuts "DIR,key=VALUE".
func cutOption(rest, key string) (dir, value string, found bool) {
	at := strings.LastIndex(rest, ","+key+"=")
	if at < 0 {
		return rest, "", false
	}
	return rest[:at], rest[at+len(key)+2:], true
}

// Forms returns the specs that Open knows, such as "folder:DIR".
func Forms() []string {
	var forms []string
	for _, k := range kinds {
		forms = append(forms, k.form)
	}
	return forms
}

func kindNames() []string {
	var names []string
	for _, k := range kinds {
		names = append(names, k.name)
	}
	return names
}
