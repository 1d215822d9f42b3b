package tensor

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
)

// LoadNPY reads a file of NumPy's npy format, as numpy.save writes it. What
// [ReadNPY] says of types and layouts holds. A file that goes on after its
// array is an error.
func LoadNPY(path string) (*Tensor, error) {
	var t *Tensor
	err := load("npy", path, func(f *os.File) (err error) {
		s := newSource(f)
		if t, err = readNPY(s); err != nil {
			return err
		}
		return s.atEnd("the array")
	})
	return t, err
}

// ReadNPY reads one array in NumPy's npy format, versions 1.0 to 3.0, in either
// byte order, and nothing after it: where several follow one another, each call
// reads the next. An array in Fortran order becomes a ColMajor tensor. float16
// becomes float32, which holds it exactly. Python objects, records, texts,
// dates and complex numbers are refused (errors.ErrUnsupported), what is no
// whole array is too ([ErrFormat]).
func ReadNPY(r io.Reader) (*Tensor, error) {
	t, err := readNPY(newSource(r))
	if err != nil {
		return nil, fmt.Errorf("tensor: npy: %w", err)
	}
	return t, nil
}

// SaveNPY writes the tensor to a file that numpy.load reads. A file that was
// there before stays as it was if that fails. What [WriteNPY] says of types
// and layouts holds.
func (t *Tensor) SaveNPY(path string) error {
	if err := save(path, func(w io.Writer) error { return writeNPY(w, t) }); err != nil {
		return fmt.Errorf("tensor: npy: save %s: %w", path, err)
	}
	return nil
}

// WriteNPY writes the tensor in NumPy's npy format, version 1.0, with the same
// bytes as numpy.save: little-endian, in Fortran order if the layout of t is
// ColMajor, else in C order. NumPy has no bfloat16, so that is an error.
func WriteNPY(w io.Writer, t *Tensor) error {
	if err := writeNPY(w, t); err != nil {
		return fmt.Errorf("tensor: npy: %w", err)
	}
	return nil
}

func readNPY(s *source) (*Tensor, error) {
	h, err := readNPYHeader(s)
	if err != nil {
		return nil, err
	}
	n, err := fileShape(h.shape)
	if err != nil {
		return nil, err
	}
	e, err := npyElement(h.descr)
	if err != nil {
		return nil, err
	}
	data, err := s.take(e.dtype, n, e.order)
	if err != nil {
		return nil, err
	}
	if e.half {
		data = halves(data.(nums[uint16]))
	}
	layout := RowMajor
	if h.fortran {
		layout = ColMajor
	}
	return wrap(data, layout, h.shape), nil
}

func writeNPY(w io.Writer, t *Tensor) error {
	if err := writable(t); err != nil {
		return err
	}
	descr := npyDescr(t.DType())
	if descr == "" {
		return unsupported("NumPy has no %v; write it after Cast(Float32), or as safetensors", t.DType())
	}
	layout := t.Layout()
	if layout == Strided {
		layout = RowMajor
	}
	if _, err := w.Write(npyHeaderBytes(descr, layout, t.Shape())); err != nil {
		return err
	}
	_, err := w.Write(t.memory(layout, binary.LittleEndian))
	return err
}
