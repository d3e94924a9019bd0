package tensorboard

import (
	"encoding/binary"
	"math"
	"os"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/amdim/amdim/train"
)

// schema are the messages of TensorFlow that an event file is made of, as far as
// they are used: the fields of event.proto and summary.proto under their numbers.
const schema = `
name: "event.proto" package: "tensorflow" syntax: "proto3"
message_type {
  name: "Event"
  field { name: "wall_time" number: 1 type: TYPE_DOUBLE label: LABEL_OPTIONAL }
  field { name: "step" number: 2 type: TYPE_INT64 label: LABEL_OPTIONAL }
  field { name: "file_version" number: 3 type: TYPE_STRING label: LABEL_OPTIONAL }
  field { name: "summary" number: 5 type: TYPE_MESSAGE label: LABEL_OPTIONAL
          type_name: ".tensorflow.Summary" }
}
message_type {
  name: "Summary"
  field { name: "value" number: 1 type: TYPE_MESSAGE label: LABEL_REPEATED
          type_name: ".tensorflow.Summary.Value" }
  nested_type {
    name: "Value"
    field { name: "tag" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL }
    field { name: "simple_value" number: 2 type: TYPE_FLOAT label: LABEL_OPTIONAL }
  }
}`

// point is an event as the test reads it.
type point struct {
	seconds float64
	step    int64
	version string
	values  map[string]float64
}

// decode reads an event file without any code of this package: messages by their
// schema, checksums bit by bit.
func decode(t *testing.T, path string) []point {
	t.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	event := eventType(t)
	var points []point
	for at := 0; at < len(file); {
		n := int(binary.LittleEndian.Uint64(file[at:]))
		check(t, file[at:at+8], file[at+8:])
		body := file[at+12 : at+12+n]
		check(t, body, file[at+12+n:])
		at += 16 + n
		m := dynamicpb.NewMessage(event)
		if err := proto.Unmarshal(body, m); err != nil {
			t.Fatal(err)
		}
		if len(m.GetUnknown()) > 0 {
			t.Errorf("unknown fields %x", m.GetUnknown())
		}
		points = append(points, pointOf(m))
	}
	return points
}

func eventType(t *testing.T) protoreflect.MessageDescriptor {
	t.Helper()
	var d descriptorpb.FileDescriptorProto
	if err := prototext.Unmarshal([]byte(schema), &d); err != nil {
		t.Fatal(err)
	}
	f, err := protodesc.NewFile(&d, nil)
	if err != nil {
		t.Fatal(err)
	}
	return f.Messages().ByName("Event")
}

func pointOf(m *dynamicpb.Message) point {
	field := func(m protoreflect.Message, name protoreflect.Name) protoreflect.Value {
		return m.Get(m.Descriptor().Fields().ByName(name))
	}
	p := point{
		seconds: field(m, "wall_time").Float(), step: field(m, "step").Int(),
		version: field(m, "file_version").String(), values: map[string]float64{},
	}
	list := field(field(m, "summary").Message(), "value").List()
	for i := range list.Len() {
		v := list.Get(i).Message()
		p.values[field(v, "tag").String()] = field(v, "simple_value").Float()
	}
	return p
}

// check compares the masked CRC-32C of b with the four bytes that sum begins with.
func check(t *testing.T, b, sum []byte) {
	t.Helper()
	crc := ^uint32(0)
	for _, c := range b {
		crc ^= uint32(c)
		for range 8 {
			if crc&1 == 1 {
				crc = crc>>1 ^ 0x82f63b78
			} else {
				crc >>= 1
			}
		}
	}
	crc = ^crc
	if want := (crc>>15 | crc<<17) + 0xa282ead8; binary.LittleEndian.Uint32(sum) != want {
		t.Fatalf("checksum %08x, want %08x", binary.LittleEndian.Uint32(sum), want)
	}
}

func record(step int) train.Record {
	return train.Record{
		Step: step, LR: 1e-3, Loss: 12.5, FeatureStd: 0.5, GradNorm: 20, PairsPerSecond: 250, WaitShare: 0.25,
		ParticipationRatio: 5.5, Seconds: float64(step) / 8,
		Tasks: map[string]train.TaskRecord{
			"1-5": {Loss: 6, Ceiling: 8, Penalty: 1.5, Clipped: 0.125},
			"1-7": {Loss: 6.5, Ceiling: 8, Mix: &train.Mixture{
				Entropy: 0.5, MeanEntropy: 0.75, Information: 0.25, Usage: []float64{0.125, 0.875}, Several: 1}},
		},
		Probes: map[string]train.Probe{"linear": {Loss: 2, Accuracy: 0.75}},
	}
}

func TestTheFileHoldsEveryRecord(t *testing.T) {
	folder := t.TempDir()
	for range 2 { // the second replaces the first
		w, err := Create(folder, []train.Record{record(10), record(20)})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(record(30)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(train.EventsPath(folder), "tfevents") {
		t.Errorf("TensorBoard does not find %s", train.EventsPath(folder))
	}
	points := decode(t, train.EventsPath(folder))
	if len(points) != 4 || points[0].version != "brain.Event:2" || points[0].values["loss/all"] != 0 {
		t.Fatalf("%d events, the first %+v", len(points), points[0])
	}
	want := map[string]float64{
		"loss/all": 12.5, "loss/1-5": 6, "loss/1-7": 6.5, "below_ceiling/1-5": 0.25, "below_ceiling/1-7": 0.1875,
		"mix_entropy/1-7": 0.5, "mix_mean_entropy/1-7": 0.75, "mix_information/1-7": 0.25,
		"mix_several/1-7": 1, "mix_largest_use/1-7": 0.875,
		"penalty/1-5": 1.5, "penalty/1-7": 0, "clipped/1-5": 0.125, "clipped/1-7": 0,
		"probe_accuracy/linear": 0.75, "probe_loss/linear": 2, "update/lr": float64(float32(1e-3)),
		"update/grad_norm": 20, "update/feature_std": 0.5, "update/participation_ratio": 5.5,
		"speed/pairs_per_second": 250, "speed/wait_share": 0.25,
	}
	for i, p := range points[1:] {
		if p.step != int64(10*(i+1)) || p.seconds != 1.25*float64(i+1) || len(p.values) != len(want) {
			t.Errorf("event %d: %+v", i, p)
		}
		for tag, v := range want {
			if p.values[tag] != v {
				t.Errorf("event %d: %s = %g, want %g", i, tag, p.values[tag], v)
			}
		}
	}
}

// A value that float32 does not hold is written as the nearest it does.
func TestValuesOutsideFloat32(t *testing.T) {
	folder := t.TempDir()
	r := record(1)
	r.GradNorm = 1e300
	w, err := Create(folder, []train.Record{r})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if got := decode(t, train.EventsPath(folder))[1].values["update/grad_norm"]; !math.IsInf(got, 1) {
		t.Errorf("%g", got)
	}
}

// The check value of CRC-32C, of the digits 1 to 9, is e3069283 (RFC 3720, B.4).
func TestMaskedChecksum(t *testing.T) {
	crc := uint32(0xe3069283)
	if got, want := masked([]byte("123456789")), (crc>>15|crc<<17)+0xa282ead8; got != want {
		t.Errorf("%08x, want %08x", got, want)
	}
}

func TestAFolderThatCannotBeMade(t *testing.T) {
	file := t.TempDir() + "/file"
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(file, nil); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("%v", err)
	}
}
