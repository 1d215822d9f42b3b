package tensor

import (
	"archive/zip"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"unicode/utf8"
)

// LoadNPZ reads a file of several named arrays in NumPy's npz format, as
// numpy.savez and numpy.savez_compressed write it. An array of a type that
// [ReadNPY] refuses does not keep the others back: its tensor carries the error
// ([Tensor.Err], errors.ErrUnsupported). What is no whole archive of arrays is
// an error ([ErrFormat]).
func LoadNPZ(path string) (map[string]*Tensor, error) {
	var arrays map[string]*Tensor
	err := load("npz", path, func(f *os.File) error {
		info, err := f.Stat()
		if err == nil {
			arrays, err = readNPZ(f, info.Size(), path+": ")
		}
		return err
	})
	return arrays, err
}

// ReadNPZ is [LoadNPZ] from what holds size bytes.
func ReadNPZ(r io.ReaderAt, size int64) (map[string]*Tensor, error) {
	arrays, err := readNPZ(r, size, "")
	if err != nil {
		return nil, fmt.Errorf("tensor: npz: %w", err)
	}
	return arrays, nil
}

// SaveNPZ writes named tensors to a file that numpy.load reads, uncompressed
// like numpy.savez. A file that was there before stays as it was if that
// fails. What [WriteNPY] says of types and layouts holds.
func SaveNPZ(path string, arrays map[string]*Tensor) error { return saveNPZ(path, arrays, zip.Store) }

// SaveNPZCompressed is [SaveNPZ] with each array deflated, like
// numpy.savez_compressed. It is worth its time for arrays that repeat
// themselves, which trained weights do not.
func SaveNPZCompressed(path string, arrays map[string]*Tensor) error {
	return saveNPZ(path, arrays, zip.Deflate)
}

// WriteNPZ is [SaveNPZ] to a writer.
func WriteNPZ(w io.Writer, arrays map[string]*Tensor) error {
	if err := writeNPZ(w, arrays, zip.Store); err != nil {
		return fmt.Errorf("tensor: npz: %w", err)
	}
	return nil
}

func saveNPZ(path string, arrays map[string]*Tensor, method uint16) error {
	if err := save(path, func(w io.Writer) error { return writeNPZ(w, arrays, method) }); err != nil {
		return fmt.Errorf("tensor: npz: save %s: %w", path, err)
	}
	return nil
}

// readNPZ is told where it reads for the errors that tensors carry.
func readNPZ(r io.ReaderAt, size int64, where string) (map[string]*Tensor, error) {
	// An entry may claim to lie anywhere; outside there is nothing to read.
	z, err := zip.NewReader(io.NewSectionReader(r, 0, size), size)
	if err != nil {
		return nil, malformedError{err}
	}
	// Entries that share their bytes would be more than the file can hold.
	left := uint64(max(size, 0))
	arrays := make(map[string]*Tensor, len(z.File))
	for _, f := range z.File {
		name, ok := strings.CutSuffix(f.Name, ".npy")
		if !ok {
			return nil, unsupported("entry %q is no array; want names that end in .npy", f.Name)
		}
		if arrays[name] != nil {
			return nil, malformed("two arrays %q", name)
		}
		if f.CompressedSize64 > left {
			return nil, malformed("array %q claims %d bytes of the file, which has %d left", name, f.CompressedSize64, left)
		}
		left -= f.CompressedSize64
		t, err := readEntry(f)
		if err != nil {
			err = fmt.Errorf("array %q: %w", name, err)
		}
		if errors.Is(err, errors.ErrUnsupported) {
			t, err = fail("tensor: npz: %s%w", where, err), nil
		}
		if err != nil {
			return nil, err
		}
		arrays[name] = t
	}
	return arrays, nil
}

// readEntry reads an array and, so that its checksum is looked at, its end.
func readEntry(f *zip.File) (*Tensor, error) {
	r, err := f.Open()
	if err != nil {
		return nil, zipError(err)
	}
	defer r.Close() // only read
	// A stored array's bytes are in the file; what a deflated one claims to
	// become is not.
	s := &source{r: r, left: int64(min(f.UncompressedSize64, math.MaxInt64))}
	if f.Method == zip.Store {
		s.left, s.sure = int64(min(f.UncompressedSize64, f.CompressedSize64)), true
	}
	t, err := readNPY(s)
	if err == nil {
		err = s.atEnd("the array")
	}
	if err != nil {
		return nil, zipError(err)
	}
	return t, nil
}

// zipError tells a broken archive from a disk that cannot be read.
func zipError(err error) error {
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, zip.ErrAlgorithm):
		return unsupported("%w; want stored or deflated", err)
	case errors.Is(err, zip.ErrChecksum), errors.Is(err, zip.ErrFormat), errors.Is(err, io.EOF),
		errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &corrupt):
		return malformedError{err}
	}
	return err
}

func writeNPZ(w io.Writer, arrays map[string]*Tensor, method uint16) error {
	z := zip.NewWriter(w)
	for _, name := range slices.Sorted(maps.Keys(arrays)) {
		if !utf8.ValidString(name) || strings.ContainsRune(name, 0) {
			return fmt.Errorf("array %q: the name is not UTF-8 without NUL", name)
		}
		e, err := z.CreateHeader(&zip.FileHeader{Name: name + ".npy", Method: method})
		if err == nil {
			err = writeNPY(e, arrays[name])
		}
		if err != nil {
			return fmt.Errorf("array %q: %w", name, err)
		}
	}
	return z.Close()
}
