// Command folder fills a folder with JPEG files of the size of photographs, some
// of them damaged: what bench/folder.sh trains on.
//
//	go run ./bench/folder -out photos -n 10000 -damaged 100
//
// A picture is one of the generated shapes at 500 × 375 with the grain of a
// camera, so that its file is as large as that of a photo and takes as long to
// decode. The folders of the first level are the classes. Picture i is a function
// of i.
package main
