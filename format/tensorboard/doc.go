// Package tensorboard writes the records of a run as an event file, from which
// TensorBoard and similar tools draw curves, and a set of vectors for its projector.
//
// The one idea is that the file is a copy of metrics.jsonl, rewritten whenever a
// run starts or resumes and extended by one event with each record: nothing is
// ever read back from it. An event is TensorFlow's protobuf message Event
// (tensorflow/core/util/event.proto) in TFRecord framing:
//
//	length   uint64, little endian
//	checksum uint32 of length: CRC-32C, rotated right by 15 bits, plus 0xa282ead8
//	event    length bytes
//	checksum uint32 of event
//
// Its times count from the start of the run, taken as 1970, as those of the
// records do, so that the same records make the same bytes.
package tensorboard
