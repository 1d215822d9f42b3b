package loader

import (
	"sort"
	"strings"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/objfile"
)

// A Resolver says what the names of an object mean in the session. Each method
// is asked once per symbol and load.
type Resolver interface {
	// Type is the descriptor that a symbol such as "type:map[string]main.T"
	// stands for, without the prefix "type:".
	Type(name string) (unsafe.Pointer, error)

	// Itab is the interface table of "*main.T,fmt.Stringer".
	Itab(name string) (unsafe.Pointer, error)

	// Variable is the memory of a variable that the session keeps, nil if it
	// keeps none of that name.
	Variable(name string) unsafe.Pointer

	// FuncName is the name of a function as package runtime is to tell it.
	FuncName(symbol string) string

	// Slot is where the func value of a function of the session stands, nil if
	// there is none of that name. Calls of the function go through it, so that
	// what it holds can be replaced; but for calls of a function by itself, and
	// where the compiler has put a function in place of its call.
	Slot(name string) *unsafe.Pointer

	// Code is the address of a function that an earlier Load has brought, in one
	// of Go's calling conventions, 0 if there is none of that name.
	Code(name string, abi uint16) uintptr

	// Own reports names with which the session means something of its own, even
	// where the program has the same name.
	Own(name string) bool
}

// A Module is what one Load has brought into the process.
type Module struct {
	funcs map[string]*uintptr // by symbol: func values without variables
	abi0  map[string]uintptr  // by symbol: functions called as assembler calls them
	vars  map[string]unsafe.Pointer
	code  []byte
	data  uintptr // bytes of data, and of what the runtime has to know

	places Places
}

// Places are what is known of the places in a module's code, in the order of
// addresses.
type Places []placing

// A placing is the code of a function with what its object notes of places.
type placing struct {
	from, to uintptr
	places   []byte
}

// Place is what [objfile.Place] says of the code at pc; 0: nothing is known of it.
func (p Places) Place(pc uintptr) int {
	i := sort.Search(len(p), func(i int) bool { return pc < p[i].to })
	if i == len(p) || pc < p[i].from {
		return 0
	}
	return objfile.Place(p[i].places, pc-p[i].from)
}

// Places are those of the module.
func (m *Module) Places() Places { return m.places }

// Range is where the module's functions are.
func (m *Module) Range() (from, to uintptr) {
	if len(m.places) == 0 {
		return 0, 0
	}
	return m.places[0].from, m.places[len(m.places)-1].to
}

// Func is the func value of a function that the object defines: what a
// variable of its func type holds. It is nil for names the object lacks.
func (m *Module) Func(symbol string) unsafe.Pointer {
	return unsafe.Pointer(m.funcs[symbol])
}

// Code is the address of a function that the object defines in a calling
// convention, 0 if it does not.
func (m *Module) Code(symbol string, abi uint16) uintptr {
	if abi == 0 {
		return m.abi0[symbol]
	}
	if pc := m.funcs[symbol]; pc != nil {
		return *pc
	}
	return 0
}

// Variable is the memory of a variable that the object defines and the session
// does not keep, nil if there is none of that name.
func (m *Module) Variable(symbol string) unsafe.Pointer { return m.vars[symbol] }

// Size is how many bytes of memory the module takes.
func (m *Module) Size() int { return len(m.code) + int(m.data) }

// MissingError says which symbols neither the object nor the program has.
type MissingError struct{ Symbols []string }

// Error lists the symbols.
func (e *MissingError) Error() string {
	return "loader: not in this program: " + strings.Join(e.Symbols, ", ")
}
