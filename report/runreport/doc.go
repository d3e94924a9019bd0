// Package runreport makes the report of a run: a page gathered from the run's folder, with
// pictures of its images.
//
// The one idea is that a folder tells everything but the pictures. Open reads it, and what
// the page says follows from that alone, without the images and without an engine. Pictures
// need both: they show what the network of the last checkpoint makes of images, which may lie
// elsewhere by now, or be others. Package report knows neither runs nor networks: it renders
// the page, which is a value.
//
//	run, err := runreport.Open("runs/photos")
//	images, err := run.OpenImages(ctx, "") // where the run found them
//	page, err := run.Page(ctx, runreport.Options{Engine: cpu, Images: images, Segmented: 5})
//	err = page.Write(file)
//
// Compare makes one page about several runs.
package runreport
