// Package browser has a page in a headless browser, for tests of what people look at.
//
//	p := browser.Open(t) // skips where no browser is installed
//	p.Do(chromedp.Navigate(url))
//	p.Until(`document.title == "done"`)
//	p.Shoot("done") // into $AMDIM_SCREENSHOTS, to look at
package browser
