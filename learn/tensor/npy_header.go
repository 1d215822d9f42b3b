package tensor

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// npyMagic begins every npy file; two bytes with the version follow.
const npyMagic = "\x93NUMPY"

// maxNPYHeader is the longest header that is read. One with 64 axes takes
// less than 2,000 bytes.
const maxNPYHeader = 1 << 16

// An npyHeader is the dictionary at the start of an array.
type npyHeader struct {
	descr   string // the element type
	fortran bool
	shape   []int
}

func readNPYHeader(s *source) (npyHeader, error) {
	var start [8]byte
	if err := s.fill(start[:], "the start of an array"); err != nil {
		return npyHeader{}, err
	}
	if string(start[:6]) != npyMagic {
		return npyHeader{}, malformed("begins with %q; want %q", start[:6], npyMagic)
	}
	var size [4]byte
	length := size[:]
	switch [2]byte(start[6:]) {
	case [2]byte{1, 0}:
		length = size[:2]
	case [2]byte{2, 0}, [2]byte{3, 0}:
	default:
		return npyHeader{}, unsupported("version %d.%d; want 1.0, 2.0 or 3.0", start[6], start[7])
	}
	if err := s.fill(length, "the header's length"); err != nil {
		return npyHeader{}, err
	}
	n := binary.LittleEndian.Uint32(size[:])
	if n > maxNPYHeader {
		return npyHeader{}, malformed("the header claims %d bytes; want at most %d", n, maxNPYHeader)
	}
	text := make([]byte, n)
	if err := s.fill(text, "the header"); err != nil {
		return npyHeader{}, err
	}
	return parseNPYHeader(string(text))
}

// parseNPYHeader reads a header such as
//
//	{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }
//
// which is a Python literal. Only what arrays of numbers need is understood.
func parseNPYHeader(text string) (h npyHeader, err error) {
	p := &npyParser{rest: text}
	seen := map[string]bool{}
	p.want("{")
	for p.err == nil && !p.take("}") {
		key := p.text()
		p.want(":")
		if p.err == nil && seen[key] {
			p.fail("the header has two entries %q", key)
		}
		seen[key] = true
		switch key {
		case "descr":
			h.descr = p.descr()
		case "fortran_order":
			h.fortran = p.truth()
		case "shape":
			h.shape = p.tuple()
		default:
			p.fail("the header has an entry %q", key)
		}
		if !p.take(",") {
			p.want("}")
			break
		}
	}
	if p.space(); p.err == nil && p.rest != "" {
		p.fail("the header goes on after its end with %q", p.near())
	}
	for _, key := range []string{"descr", "fortran_order", "shape"} {
		if p.err == nil && !seen[key] {
			p.fail("the header has no entry %q", key)
		}
	}
	return h, p.err
}

// An npyParser reads a Python literal from the left. After its first error it
// reads nothing more.
type npyParser struct {
	rest string
	err  error
}

func (p *npyParser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = malformed(format, args...)
	}
	p.rest = ""
}

// near is what comes next, for errors.
func (p *npyParser) near() string {
	return p.rest[:min(len(p.rest), 40)]
}

func (p *npyParser) space() { p.rest = strings.TrimLeft(p.rest, " \t\r\n") }

// take skips a token if it comes next.
func (p *npyParser) take(token string) bool {
	p.space()
	rest, ok := strings.CutPrefix(p.rest, token)
	p.rest = rest
	return ok
}

func (p *npyParser) want(token string) {
	if !p.take(token) {
		p.fail("the header wants %q before %q", token, p.near())
	}
}

func (p *npyParser) text() string {
	p.space()
	if p.rest == "" || p.rest[0] != '\'' && p.rest[0] != '"' {
		p.fail("the header wants a string before %q", p.near())
		return ""
	}
	text, rest, ok := strings.Cut(p.rest[1:], p.rest[:1])
	if !ok || strings.Contains(text, `\`) {
		p.fail("the header has a broken string at %q", p.near())
		return ""
	}
	p.rest = rest
	return text
}

// descr is the element type; that of records is a list.
func (p *npyParser) descr() string {
	if p.space(); p.err == nil && p.rest != "" && strings.ContainsRune("[(", rune(p.rest[0])) {
		p.err = unsupported("elements of the structured type %s…; want bools, integers or floats", p.near())
		p.rest = ""
	}
	return p.text()
}

func (p *npyParser) truth() bool {
	if p.take("True") {
		return true
	}
	p.want("False")
	return false
}

func (p *npyParser) tuple() []int {
	shape := []int{}
	p.want("(")
	for p.err == nil && !p.take(")") {
		if shape = append(shape, p.length()); len(shape) > maxAxes {
			p.fail("more than %d axes", maxAxes)
		}
		if !p.take(",") {
			p.want(")")
			if len(shape) == 1 {
				p.fail("the shape is a number, not a tuple")
			}
			break
		}
	}
	return shape
}

// length is one of the shape's; Python 2 wrote long ones as 3L.
func (p *npyParser) length() int {
	p.space()
	end := 0
	for end < len(p.rest) && (p.rest[end] == '-' || p.rest[end] >= '0' && p.rest[end] <= '9') {
		end++
	}
	n, err := strconv.Atoi(p.rest[:end])
	if err != nil || n < 0 {
		p.fail("the shape wants lengths; got %q", p.near())
		return 0
	}
	p.rest = strings.TrimPrefix(p.rest[end:], "L")
	return n
}

// An npyType is the element type of an array in a file.
type npyType struct {
	dtype DType
	half  bool // dtype holds the bits of float16s
	order binary.ByteOrder
}

var npyTypes = map[string]DType{
	"b1": Bool, "i1": Int8, "i2": Int16, "i4": Int32, "i8": Int64, "u1": Uint8, "u2": Uint16,
	"u4": Uint32, "u8": Uint64, "f4": Float32, "f8": Float64, "f2": Uint16,
}

// npyElement understands types such as "<f8": byte order, kind, size.
func npyElement(descr string) (npyType, error) {
	e := npyType{order: binary.NativeEndian}
	code := descr
	if code != "" {
		switch code[0] {
		case '<':
			e.order, code = binary.LittleEndian, code[1:]
		case '>':
			e.order, code = binary.BigEndian, code[1:]
		case '|', '=':
			code = code[1:]
		}
	}
	e.dtype, e.half = npyTypes[code], code == "f2"
	if e.dtype == 0 {
		return e, unsupported("elements of type %q%s; want bools, integers or floats", descr, npyKind(code))
	}
	return e, nil
}

// npyKind names the kinds of elements that no tensor has.
func npyKind(code string) string {
	if code == "" {
		return ""
	}
	names := map[byte]string{
		'O': "Python objects", 'S': "bytes", 'a': "bytes", 'U': "texts", 'c': "complex numbers",
		'M': "times", 'm': "durations", 'f': "long floats", 'V': "raw memory, as NumPy saves bfloat16",
	}
	if name := names[code[0]]; name != "" {
		return " (" + name + ")"
	}
	return ""
}

// npyDescr is the element type in a header, "" for one that NumPy has not.
func npyDescr(d DType) string {
	for code, have := range npyTypes {
		switch {
		case have != d || code == "f2":
		case d.Size() == 1:
			return "|" + code
		default:
			return "<" + code
		}
	}
	return ""
}

// npyHeaderBytes is all that precedes the elements, with NumPy's own padding:
// room for the shape to grow in place, and then up to a multiple of 64 bytes.
func npyHeaderBytes(descr string, layout Layout, shape []int) []byte {
	fortran, lengths, grows := "False", "", 0
	for _, d := range shape {
		lengths += strconv.Itoa(d) + ", "
	}
	if len(shape) > 0 {
		lengths = strings.TrimSuffix(lengths, " ")
		grows = shape[0]
	}
	if len(shape) > 1 {
		lengths = strings.TrimSuffix(lengths, ",")
	}
	if layout == ColMajor {
		fortran, grows = "True", shape[len(shape)-1]
	}
	dict := fmt.Sprintf("{'descr': '%s', 'fortran_order': %s, 'shape': (%s), }", descr, fortran, lengths)
	if len(shape) > 0 {
		dict += strings.Repeat(" ", 21-len(strconv.Itoa(grows)))
	}
	const start = len(npyMagic) + 2 + 2
	pad := 64 - (start+len(dict)+1)%64
	size := len(dict) + pad + 1
	b := append([]byte(npyMagic), 1, 0, byte(size), byte(size>>8))
	b = append(b, dict...)
	b = append(b, strings.Repeat(" ", pad)...)
	return append(b, '\n')
}
