// Package lock keeps two processes from writing into one folder, or one file.
//
//	held, err := lock.Folder("runs/photos")
//	if errors.Is(err, lock.ErrHeld) { … }
//	defer held.Close()
package lock
