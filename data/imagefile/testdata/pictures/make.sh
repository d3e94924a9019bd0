#!/bin/sh
# Makes the pictures of this folder; needs ImageMagick 6, cwebp and cjpeg.
set -e
# 24 wide, 16 high: red, green / blue, yellow.
convert -size 12x8 xc:'#e02020' xc:'#20c020' +append top.png
convert -size 12x8 xc:'#2020e0' xc:'#e0e020' +append bottom.png
convert top.png bottom.png -append seen.png

# exif N FILE: insert an EXIF block with orientation N behind the SOI marker.
exif() {
	{
		printf '\377\330\377\341\000\042Exif\000\000II*\000\010\000\000\000\001\000\022\001\003\000\001\000\000\000'
		printf "\\0$(printf %02o "$1")"'\000\000\000\000\000\000\000'
	} > with.jpg
	tail -c +3 "$2" >> with.jpg
	mv with.jpg "$2"
}
# What the camera stores when it is held so that N undoes it.
stored() {
	convert seen.png +repage $2 +repage -quality 95 -sampling-factor 4:4:4 -strip orientation-"$1".jpg
	exif "$1" orientation-"$1".jpg
}
stored 1 ""
stored 2 "-flop"
stored 3 "-rotate 180"
stored 4 "-flip"
stored 5 "-transpose"
stored 6 "-rotate 270"
stored 7 "-transverse"
stored 8 "-rotate 90"

convert seen.png -colorspace CMYK -quality 95 -sampling-factor 4:4:4 -strip cmyk.jpg
convert seen.png -quality 95 -interlace JPEG -sampling-factor 2x2 -strip progressive.jpg
{ printf 'P6 640 400 255\n'; head -c 768000 /dev/zero | tr '\000' '\200'; } |
	cjpeg -progressive -sample 2x2 >progressive-640.jpg
convert seen.png -colorspace Gray -quality 95 -strip gray.jpg
convert seen.png -interlace PNG -strip interlaced.png
convert orientation-6.jpg -strip -orient RightTop -compress LZW orientation-6.tif
convert seen.png -alpha set -channel A -evaluate set 0% alpha.png
convert seen.png '(' -size 12x16 xc:white xc:black +append ')' \
	-alpha off -compose CopyOpacity -composite half.png
cwebp -quiet -q 95 seen.png -o lossy.webp
cwebp -quiet -lossless half.png -o lossless-alpha.webp
cwebp -quiet -q 95 half.png -o lossy-alpha.webp
convert seen.png BMP3:seen.bmp
convert seen.png seen.gif
rm top.png bottom.png alpha.png half.png
