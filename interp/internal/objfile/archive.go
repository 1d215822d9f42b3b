package objfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// An object names what it refers to in another package by its number there.
// It has the name as well where code refers to it, but not where the compiler
// has put a function in place of its calls.

// Foreign lists the functions of other packages that the compiler has put in
// place of calls, by import path. Their names and what the runtime wants to know
// of them are in the archives of these packages.
func (o *Object) Foreign() map[string][]*Sym {
	list := map[string][]*Sym{}
	for _, s := range o.Defs {
		if s.Func == nil {
			continue
		}
		for _, c := range s.Func.Inlined {
			p, err := url.PathUnescape(c.Func.Package)
			if err == nil && p != "" && !slices.Contains(list[p], c.Func) {
				list[p] = append(list[p], c.Func)
			}
		}
	}
	return list
}

// Describe completes functions of a package from its archive, of which it reads
// only what it needs: their names, kinds and first lines.
func Describe(archive io.ReaderAt, list []*Sym) error {
	return describe(list, func() (*member, error) { return openMember(archive) })
}

// DescribeFrom is Describe from the object itself.
func DescribeFrom(object []byte, list []*Sym) error {
	return describe(list, func() (*member, error) {
		return newMember(io.NewSectionReader(bytes.NewReader(object), 0, int64(len(object)))), nil
	})
}

func describe(list []*Sym, open func() (*member, error)) (err error) {
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(error)
			if !ok {
				panic(r)
			}
			err = fmt.Errorf("objfile: the archive is cut or damaged: %w", e)
		}
	}()
	m, err := open()
	if err != nil {
		return err
	}
	for _, s := range list {
		if s.index >= m.count(blkSymdef, symSize) {
			return fmt.Errorf("objfile: the archive has no symbol %d", s.index)
		}
		m.describe(s)
	}
	return nil
}

// member is the object of a package in its archive.
type member struct {
	*io.SectionReader
	off [nBlk]uint32
}

const arHeader = 60

// openMember finds the object that the compiler wrote: the first one.
func openMember(r io.ReaderAt) (*member, error) {
	head := make([]byte, arHeader)
	for at := int64(len("!<arch>\n")); ; {
		if _, err := r.ReadAt(head, at); err != nil {
			return nil, fmt.Errorf("objfile: no Go object of the known format in the archive: %w", err)
		}
		size, err := strconv.ParseInt(strings.TrimSpace(string(head[48:58])), 10, 64)
		if err != nil || size < 0 {
			return nil, errors.New("objfile: a member of the archive has no valid size")
		}
		at += arHeader
		text := make([]byte, min(size, 1<<10))
		if _, err := r.ReadAt(text, at); err != nil {
			return nil, fmt.Errorf("objfile: %w", err)
		}
		if i := bytes.Index(text, []byte("\n!\n"+magic)); i >= 0 && bytes.HasPrefix(text, []byte("go object ")) {
			return newMember(io.NewSectionReader(r, at+int64(i)+3, size-int64(i)-3)), nil
		}
		at += size + size%2
	}
}

func newMember(r *io.SectionReader) *member {
	m := &member{SectionReader: r}
	for i := range m.off {
		m.off[i] = m.u32(uint32(len(magic) + 8 + 4 + 4*i))
	}
	return m
}

// bytes reads a part of the object.
func (m *member) bytes(off, n uint32) []byte {
	if int64(off)+int64(n) > m.Size() {
		panic(io.ErrUnexpectedEOF)
	}
	b := make([]byte, n)
	if _, err := m.ReadAt(b, int64(off)); err != nil {
		panic(err)
	}
	return b
}

func (m *member) u32(off uint32) uint32 { return binary.LittleEndian.Uint32(m.bytes(off, 4)) }

func (m *member) count(blk int, size uint32) uint32 { return (m.off[blk+1] - m.off[blk]) / size }

// describe completes a symbol that the package defines.
func (m *member) describe(s *Sym) {
	rec := m.off[blkSymdef] + symSize*s.index
	s.Name = string(m.bytes(m.u32(rec+4), m.u32(rec)))
	from, to := m.u32(m.off[blkAuxIdx]+4*s.index), m.u32(m.off[blkAuxIdx]+4*s.index+4)
	for i := from; i < to; i++ {
		aux := m.off[blkAux] + auxSize*i
		if m.bytes(aux, 1)[0] != auxFuncInfo {
			continue
		}
		data := m.off[blkDataIdx] + 4*definition(m.count, m.u32(aux+1), m.u32(aux+5))
		info := m.bytes(m.off[blkData]+m.u32(data), 16)
		s.Func = &Func{ID: info[8], Flag: info[9], StartLine: int32(binary.LittleEndian.Uint32(info[12:]))}
	}
}
