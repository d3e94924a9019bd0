package torchfile

// The pickle operations that torch writes at protocol 2, and the few that other Python
// versions write for the same values (Python's Lib/pickletools.py describes them all).
const (
	opProto      = 0x80
	opStop       = '.'
	opMark       = '('
	opPop        = '0'
	opNone       = 'N'
	opTrue       = 0x88
	opFalse      = 0x89
	opBinInt     = 'J'
	opBinInt1    = 'K'
	opBinInt2    = 'M'
	opLong1      = 0x8a
	opBinFloat   = 'G'
	opUnicode    = 'X'
	opShortText  = 0x8c // protocol 4
	opShortBytes = 'U'  // a Python 2 string
	opBytes      = 'T'  // likewise
	opEmptyTuple = ')'
	opTuple      = 't'
	opTuple1     = 0x85
	opTuple2     = 0x86
	opTuple3     = 0x87
	opEmptyList  = ']'
	opAppend     = 'a'
	opAppends    = 'e'
	opEmptyDict  = '}'
	opSetItem    = 's'
	opSetItems   = 'u'
	opBinGet     = 'h'
	opLongBinGet = 'j'
	opBinPut     = 'q'
	opLongBinPut = 'r'
	opMemoize    = 0x94 // protocol 4
	opFrame      = 0x95 // protocol 4
	opGlobal     = 'c'
	opReduce     = 'R'
	opBuild      = 'b'
	opPersistent = 'Q'
)

// refusedOps are operations that build or call what a file names. Each is refused,
// with what it names if that is known.
var refusedOps = map[byte]string{
	'i': "INST", 'o': "OBJ", 0x81: "NEWOBJ", 0x92: "NEWOBJ_EX", 0x93: "STACK_GLOBAL",
	0x82: "EXT1", 0x83: "EXT2", 0x84: "EXT4", 'P': "PERSID",
}
