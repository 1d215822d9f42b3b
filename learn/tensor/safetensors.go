package tensor

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
)

// LoadSafetensors reads a file of named tensors in the safetensors format, and
// its metadata, nil if it has none. What [ReadSafetensors] says holds.
func LoadSafetensors(path string) (tensors map[string]*Tensor, metadata map[string]string, err error) {
	err = load("safetensors", path, func(f *os.File) (err error) {
		tensors, metadata, err = readSafetensors(newSource(f))
		return err
	})
	return tensors, metadata, err
}

// ReadSafetensors reads tensors and metadata in the safetensors format to the
// end of r. F16 becomes float32, which holds it exactly; floats of 8 bits and
// fewer and complex numbers are refused (errors.ErrUnsupported). The tensors
// must fill the data without holes or overlaps, names must not repeat, and the
// header must not exceed 100 MB, or the file is malformed ([ErrFormat]).
func ReadSafetensors(r io.Reader) (tensors map[string]*Tensor, metadata map[string]string, err error) {
	tensors, metadata, err = readSafetensors(newSource(r))
	if err != nil {
		return nil, nil, fmt.Errorf("tensor: safetensors: %w", err)
	}
	return tensors, metadata, nil
}

// maxSafetensorsHeader is the limit of the reference implementation.
const maxSafetensorsHeader = 100_000_000

// A safetensorsType is an element type of the format.
type safetensorsType struct {
	name  string
	dtype DType
	half  bool // dtype holds the bits of float16s
}

// safetensorsTypes are in the order in which the reference implementation
// writes tensors, last first.
var safetensorsTypes = []safetensorsType{
	{"BOOL", Bool, false}, {"U8", Uint8, false}, {"I8", Int8, false},
	{"I16", Int16, false}, {"U16", Uint16, false}, {"F16", Uint16, true}, {"BF16", BFloat16, false},
	{"I32", Int32, false}, {"U32", Uint32, false}, {"F32", Float32, false},
	{"F64", Float64, false}, {"I64", Int64, false}, {"U64", Uint64, false},
}

// A safetensorsEntry is what the header says of one tensor.
type safetensorsEntry struct {
	name       string
	kind       safetensorsType
	shape      []int
	count      int   // elements
	begin, end int64 // bytes of the data
}

func readSafetensors(s *source) (map[string]*Tensor, map[string]string, error) {
	header, err := readSafetensorsHeader(s)
	if err != nil {
		return nil, nil, err
	}
	entries, metadata, err := parseSafetensors(header)
	if err != nil {
		return nil, nil, err
	}
	size, err := tile(entries)
	if err != nil {
		return nil, nil, err
	}
	switch {
	case s.left >= 0 && s.left < size:
		return nil, nil, malformed("the tensors take %d bytes, but %d follow the header: %w", size, s.left, io.ErrUnexpectedEOF)
	case s.left > size:
		return nil, nil, malformed("%d bytes after the tensors belong to none", s.left-size)
	}
	tensors := make(map[string]*Tensor, len(entries))
	for _, e := range entries {
		data, err := s.take(e.kind.dtype, e.count, binary.LittleEndian)
		if err != nil {
			return nil, nil, fmt.Errorf("tensor %q: %w", e.name, err)
		}
		if e.kind.half {
			data = halves(data.(nums[uint16]))
		}
		tensors[e.name] = wrap(data, RowMajor, e.shape)
	}
	if err := s.atEnd("the last tensor"); err != nil {
		return nil, nil, err
	}
	return tensors, metadata, nil
}

func readSafetensorsHeader(s *source) ([]byte, error) {
	var size [8]byte
	if err := s.fill(size[:], "the header's length"); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint64(size[:])
	if n > maxSafetensorsHeader {
		return nil, malformed("the header claims %d bytes; want at most %d", n, maxSafetensorsHeader)
	}
	data, err := s.take(Uint8, int(n), binary.LittleEndian)
	if err != nil {
		return nil, fmt.Errorf("the header: %w", err)
	}
	return data.bytes(), nil
}

// tile checks that the tensors, which it sorts by place, lie one after another
// from the beginning of the data, and returns where they end.
func tile(entries []safetensorsEntry) (size int64, err error) {
	sortByPlace(entries)
	for _, e := range entries {
		switch {
		case e.begin > size:
			return 0, malformed("%d bytes before tensor %q belong to none", e.begin-size, e.name)
		case e.begin < size:
			return 0, malformed("tensor %q begins at byte %d, inside the one before", e.name, e.begin)
		}
		want := int64(e.count) * int64(e.kind.dtype.Size())
		if e.end < e.begin || e.end-e.begin != want {
			return 0, malformed("tensor %q of shape %s and type %s takes %d bytes, but has bytes %d to %d",
				e.name, shapeText(e.shape), e.kind.name, want, e.begin, e.end)
		}
		size = e.end
	}
	return size, nil
}
