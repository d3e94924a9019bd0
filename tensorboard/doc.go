// Package tensorboard writes the records of a run as an event file, which
// TensorBoard and its kin draw curves from, and a set of vectors for its projector.
//
// The one idea is that the file is a copy of metrics.jsonl, made anew whenever a
// run starts or resumes and longer by one event with each record: nothing is ever
// read back from it. An event is a protobuf message Event of TensorFlow
// (tensorflow/core/util/event.proto) in the framing of a TFRecord:
//
//	length   uint64, little endian
//	checksum uint32 of length: CRC-32C, rotated right by 15 bits, plus 0xa282ead8
//	event    length bytes
//	checksum uint32 of event
//
// Times in it count from the run's start, at 1970: those of records do, so that
// the same records make the same bytes.
package tensorboard
