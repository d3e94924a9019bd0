// Package floats writes float32 numbers as the bytes that files hold, little-endian, and
// reads them, some thousand at a time: encoding/binary would hold them all a second time.
package floats
