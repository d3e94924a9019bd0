// Package classify names what images show, after a few labelled ones: a logistic
// regression on the vectors of a frozen encoder.
//
// The one idea is that labels are few and images are many. Dimensions are standardised by
// all images there are, labelled or not; the regression is that of the protocol few-shot
// in package eval; and how often it will be right, and how sure it may be, comes from
// cross-validation on the labelled images:
//
//	few := classify.Examples{Set: labelled, Labels: labels, Classes: names}
//	c, err := classify.Learn(ctx, engine, few, photos)
//	fmt.Println(c.Estimate.Accuracy)
//	probabilities, err := c.Classify(photos.Row(0))
//	…
//	err = c.Save("classes.safetensors") // and classify.Load, which learns nothing again
package classify
