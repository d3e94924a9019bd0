// Package looks has contexts for tests: each is done after it was looked at a number of
// times, so that a test can end a call at every place where the call looks.
//
//	whole := looks.After(1000)
//	err := call(whole)            // it is not done
//	for n := range whole.Made() { // each of these ends the call somewhere else
//		err = call(looks.After(n))
//	}
package looks
