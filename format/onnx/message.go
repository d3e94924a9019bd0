package onnx

import (
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// Field numbers of those messages of onnx.proto that are written.
const (
	modelIRVersion = 1
	modelProducer  = 2
	modelVersion   = 3 // of the producer
	modelGraph     = 7
	modelOpset     = 8
	modelMetadata  = 14

	opsetVersion = 2

	entryKey, entryValue = 1, 2

	graphNode        = 1
	graphName        = 2
	graphInitializer = 5
	graphInput       = 11
	graphOutput      = 12

	nodeInput     = 1
	nodeOutput    = 2
	nodeName      = 3
	nodeOp        = 4
	nodeAttribute = 5

	attributeName  = 1
	attributeFloat = 2
	attributeInt   = 3
	attributeText  = 4
	attributeInts  = 8
	attributeType  = 20

	tensorDims = 1
	tensorType = 2
	tensorName = 8
	tensorRaw  = 9

	infoName, infoType = 1, 2

	typeTensor           = 1
	tensorElem           = 1
	tensorShape          = 2
	shapeDim             = 1
	dimValue, dimUnknown = 1, 2
)

// Types of attributes and of numbers.
const (
	floatAttribute = 1
	intAttribute   = 2
	textAttribute  = 3
	intsAttribute  = 7

	float32Type = 1
	int64Type   = 7
)

const (
	irVersion = 7
	opset     = 13
)

// message is a protobuf message being written.
type message []byte

func (m message) number(field protowire.Number, x int64) message {
	m = protowire.AppendTag(m, field, protowire.VarintType)
	return protowire.AppendVarint(m, uint64(x))
}

func (m message) text(field protowire.Number, s string) message {
	m = protowire.AppendTag(m, field, protowire.BytesType)
	return protowire.AppendString(m, s)
}

func (m message) message(field protowire.Number, part message) message {
	m = protowire.AppendTag(m, field, protowire.BytesType)
	return protowire.AppendBytes(m, part)
}

// attribute is a setting of a node: an int, a float32, a string or a []int.
func attribute(name string, value any) message {
	m := message{}.text(attributeName, name)
	switch v := value.(type) {
	case int:
		return m.number(attributeInt, int64(v)).number(attributeType, intAttribute)
	case float32:
		m = protowire.AppendTag(m, attributeFloat, protowire.Fixed32Type)
		m = protowire.AppendFixed32(m, math.Float32bits(v))
		return m.number(attributeType, floatAttribute)
	case string:
		return m.text(attributeText, v).number(attributeType, textAttribute)
	case []int:
		for _, x := range v {
			m = m.number(attributeInts, int64(x))
		}
		return m.number(attributeType, intsAttribute)
	}
	panic("onnx: attribute: " + name)
}

// info describes an input or an output of the graph; its first dimension is free.
func info(name string, row ...int) message {
	shape := message{}.message(shapeDim, message{}.text(dimUnknown, "n"))
	for _, d := range row {
		shape = shape.message(shapeDim, message{}.number(dimValue, int64(d)))
	}
	t := message{}.number(tensorElem, float32Type).message(tensorShape, shape)
	return message{}.text(infoName, name).message(infoType, message{}.message(typeTensor, t))
}
