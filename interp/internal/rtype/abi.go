package rtype

import (
	"reflect"
	"sync"
	"unsafe"
)

// The structs below mirror internal/abi, which cannot be imported. Check
// compares them with types that the compiler laid out.

const ptrSize = unsafe.Sizeof(uintptr(0))

// maxSize bounds the size of a type: no memory could hold a value beyond it.
const maxSize = 1 << (ptrSize*4 + 15)

// Flags of abiType.tflag.
const (
	flagUncommon     = 1 << 0 // uncommon follows the head
	flagExtraStar    = 1 << 1 // str has a leading star that does not belong to it
	flagNamed        = 1 << 2
	flagRegular      = 1 << 3 // equality and hash work on plain bytes
	flagMaskOnDemand = 1 << 4 // gcdata points to a slot that the runtime fills
	flagDirect       = 1 << 5 // the value itself is an interface's data word
)

// maxMask is the longest pointer prefix (bytes) that carries a ready bitmap.
const maxMask = 2048 * 8 * ptrSize

type abiType struct {
	size       uintptr
	ptrBytes   uintptr
	hash       uint32
	tflag      uint8
	align      uint8
	fieldAlign uint8
	kind       uint8
	equal      func(unsafe.Pointer, unsafe.Pointer) bool
	gcdata     *byte
	str        int32
	ptrToThis  int32
}

type arrayType struct {
	abiType
	elem  *abiType
	slice *abiType
	len   uintptr
}

type chanType struct {
	abiType
	elem *abiType
	dir  int
}

type funcType struct {
	abiType
	in  uint16
	out uint16 // the top bit marks a variadic function
}

type imethod struct {
	name int32
	typ  int32
}

type interfaceType struct {
	abiType
	pkgPath *byte
	methods []imethod
}

type mapType struct {
	abiType
	key       *abiType
	elem      *abiType
	group     *abiType
	hasher    func(unsafe.Pointer, uintptr) uintptr
	groupSize uintptr
	slotSize  uintptr
	elemOff   uintptr
	flags     uint32
}

type ptrType struct {
	abiType
	elem *abiType
}

type sliceType struct {
	abiType
	elem *abiType
}

type structField struct {
	name   *byte
	typ    *abiType
	offset uintptr
}

type structType struct {
	abiType
	pkgPath *byte
	fields  []structField
}

type uncommonType struct {
	pkgPath int32
	mcount  uint16
	xcount  uint16
	moff    uint32
	_       uint32
}

type abiMethod struct {
	name int32
	mtyp int32
	ifn  int32
	tfn  int32
}

// eface is the memory of an empty interface.
type eface struct {
	typ  unsafe.Pointer
	data unsafe.Pointer
}

// itab is the memory of an interface table; fun goes on past its end.
type itab struct {
	inter unsafe.Pointer
	typ   unsafe.Pointer
	hash  uint32
	fun   [1]unsafe.Pointer
}

// Word returns t's *abi.Type, the word that interfaces carry. It is not inlined:
// the compiler would fold reads of a constant type's descriptor and hand the
// linker references that it refuses.
//
//go:noinline
func Word(t reflect.Type) unsafe.Pointer {
	return (*eface)(unsafe.Pointer(&t)).data
}

// FromWord returns the reflect.Type whose *abi.Type is p, nil for nil.
func FromWord(p unsafe.Pointer) reflect.Type {
	e := eface{typ: p}
	return reflect.TypeOf(*(*any)(unsafe.Pointer(&e)))
}

func word(t reflect.Type) *abiType     { return (*abiType)(Word(t)) }
func (t *abiType) rtype() reflect.Type { return FromWord(unsafe.Pointer(t)) }

// Kind is the kind, as package reflect counts.
func (t *abiType) Kind() reflect.Kind { return reflect.Kind(t.kind) }
func (t *abiType) direct() bool       { return t.tflag&flagDirect != 0 }

// headSize is the size of the descriptor of kind k before any uncommon part.
func headSize(k reflect.Kind) uintptr {
	return headOf(k).Size()
}

// headOf is the Go type of the descriptor of kind k.
func headOf(k reflect.Kind) reflect.Type {
	switch k {
	case reflect.Array:
		return reflect.TypeFor[arrayType]()
	case reflect.Chan:
		return reflect.TypeFor[chanType]()
	case reflect.Func:
		return reflect.TypeFor[funcType]()
	case reflect.Interface:
		return reflect.TypeFor[interfaceType]()
	case reflect.Map:
		return reflect.TypeFor[mapType]()
	case reflect.Pointer:
		return reflect.TypeFor[ptrType]()
	case reflect.Slice:
		return reflect.TypeFor[sliceType]()
	case reflect.Struct:
		return reflect.TypeFor[structType]()
	}
	return reflect.TypeFor[abiType]()
}

// uncommon returns the uncommon part of t, nil if it has none.
func (t *abiType) uncommon() *uncommonType {
	if t.tflag&flagUncommon == 0 {
		return nil
	}
	return (*uncommonType)(unsafe.Add(unsafe.Pointer(t), headSize(t.Kind())))
}

// methods returns t's method table, sorted as the runtime wants it.
func (t *abiType) methods() []abiMethod {
	u := t.uncommon()
	if u == nil || u.mcount == 0 {
		return nil
	}
	return unsafe.Slice((*abiMethod)(unsafe.Add(unsafe.Pointer(u), u.moff)), u.mcount)
}

// params returns the parameter and result types that follow a func descriptor.
func (t *funcType) params() []*abiType {
	n := int(t.in) + int(t.out&(1<<15-1))
	if n == 0 {
		return nil
	}
	off := unsafe.Sizeof(*t)
	if t.tflag&flagUncommon != 0 {
		off += unsafe.Sizeof(uncommonType{})
	}
	return unsafe.Slice((**abiType)(unsafe.Add(unsafe.Pointer(t), off)), n)
}

// shapeKey tells apart the memory shapes of descriptors.
type shapeKey struct {
	kind           reflect.Kind
	nparams, nmeth int
}

var shapes sync.Map // shapeKey → reflect.Type

// descriptorShape is the memory of a descriptor with an uncommon part, func
// parameters and methods. Head, Uncommon come first, Methods last.
func descriptorShape(k shapeKey) reflect.Type {
	if s, ok := shapes.Load(k); ok {
		return s.(reflect.Type)
	}
	fields := []reflect.StructField{
		{Name: "Head", Type: headOf(k.kind)},
		{Name: "Uncommon", Type: reflect.TypeFor[uncommonType]()},
	}
	if k.kind == reflect.Func {
		fields = append(fields, reflect.StructField{Name: "Params", Type: reflect.ArrayOf(k.nparams, reflect.TypeFor[*abiType]())})
	}
	fields = append(fields, reflect.StructField{Name: "Methods", Type: reflect.ArrayOf(k.nmeth, reflect.TypeFor[abiMethod]())})
	s := reflect.StructOf(fields)
	shapes.Store(k, s)
	return s
}

// newDescriptor allocates a zero descriptor of kind k with an uncommon part,
// room for nparams func parameters and for nmeth methods. It is typed for the
// garbage collector and never freed.
func newDescriptor(k reflect.Kind, nparams, nmeth int) *abiType {
	room := 1 // rounded up so that few shapes exist
	for room < nmeth {
		room *= 2
	}
	shape := descriptorShape(shapeKey{k, nparams, room})
	t := (*abiType)(reflect.New(shape).UnsafePointer())
	head := shape.Field(1).Offset
	u := (*uncommonType)(unsafe.Add(unsafe.Pointer(t), head))
	u.moff = uint32(shape.Field(shape.NumField()-1).Offset - head)
	keep(unsafe.Pointer(t))
	return t
}
