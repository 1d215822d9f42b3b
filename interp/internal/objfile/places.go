package objfile

import "encoding/binary"

// Translate gives lines of the source file named name the files and lines that
// place says, and notes in each function which lines these were.
func (o *Object) Translate(name string, place func(line int) (file string, at int)) {
	files := map[string]int32{}
	for i, f := range o.Files {
		files[f] = int32(i)
	}
	source, ok := files[name]
	if !ok {
		return
	}
	told := func(line int32) (file, at int32) {
		f, n := place(int(line))
		i, ok := files[f]
		if !ok {
			i = int32(len(o.Files))
			files[f], o.Files = i, append(o.Files, f)
		}
		return i, int32(n)
	}
	for _, s := range o.Defs {
		if f := s.Func; f != nil && f.PCFile != nil && f.PCLine != nil {
			f.translate(source, told)
		}
	}
}

// translate is Translate for one function.
func (f *Func) translate(source int32, told func(line int32) (file, at int32)) {
	fileAt, lineAt := spans(f.PCFile.Data), spans(f.PCLine.Data)
	if len(fileAt) > 0 && fileAt[0].value == source {
		_, f.StartLine = told(f.StartLine)
	}
	var files, lines, places []span
	for i, j := 0, 0; i < len(fileAt) && j < len(lineAt); {
		end := min(fileAt[i].end, lineAt[j].end)
		file, line, was := fileAt[i].value, lineAt[j].value, int32(0)
		if file == source {
			was = line
			file, line = told(line)
		}
		files, lines, places = add(files, end, file), add(lines, end, line), add(places, end, was)
		if fileAt[i].end == end {
			i++
		}
		if j < len(lineAt) && lineAt[j].end == end {
			j++
		}
	}
	f.PCFile, f.PCLine = table(f.PCFile, files), table(f.PCLine, lines)
	f.Places = encode(places)
}

// A span is a part of a table from places to values, up to the place end.
type span struct {
	end   uint32
	value int32
}

func add(list []span, end uint32, value int32) []span {
	if n := len(list); n > 0 && list[n-1].value == value {
		list[n-1].end = end
		return list
	}
	return append(list, span{end, value})
}

// spans reads a table as the runtime does (runtime.step).
func spans(data []byte) (list []span) {
	value, pc := int32(-1), uint32(0)
	for len(data) > 0 {
		v, n := binary.Uvarint(data)
		if n <= 0 || v == 0 && pc > 0 {
			break
		}
		value += int32(v>>1) ^ -int32(v&1)
		d, m := binary.Uvarint(data[n:])
		if m <= 0 {
			break
		}
		pc += uint32(d)
		list = append(list, span{pc, value})
		data = data[n+m:]
	}
	return list
}

// encode writes a table.
func encode(list []span) (data []byte) {
	value, pc := int32(-1), uint32(0)
	for _, s := range list {
		d := s.value - value
		data = binary.AppendUvarint(data, uint64(uint32(d<<1)^uint32(d>>31)))
		data = binary.AppendUvarint(data, uint64(s.end-pc))
		value, pc = s.value, s.end
	}
	return append(data, 0)
}

func table(s *Sym, list []span) *Sym {
	cp := *s
	cp.Data = encode(list)
	cp.Size = uint32(len(cp.Data))
	return &cp
}

// Place is the line that code at a distance from a function's beginning had
// before Translate, of the file that Translate was given; 0: of another.
func Place(places []byte, pc uintptr) int {
	for _, s := range spans(places) {
		if pc < uintptr(s.end) {
			return int(s.value)
		}
	}
	return 0
}
