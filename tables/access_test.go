package tables

import (
	"errors"
	"math"
	"testing"
	"time"
)

// TestAccess asks for columns that are not there, or not of that type: the panic
// is an error that says so.
func TestAccess(t *testing.T) {
	all := New(Ints("Age", 1, 2), Strings("Name", "a", "b"), Column("Big", []uint64{1, math.MaxUint64}), Times("At", time.Now(), time.Now()))
	broken := all.Where("Nope > 1")
	for want, f := range map[string]func(){
		`tables: Float64s: no column "age"; did you mean "Age"?`:                                        func() { all.Float64s("age") },
		`tables: Float64s: column "Name" is string, want numbers: unsuitable type`:                      func() { all.Float64s("Name") },
		`tables: Float64s: column "At" is timestamp, want numbers: unsuitable type`:                     func() { all.Float64s("At") },
		`tables: Int64s: column "Name" is string, want whole numbers: unsuitable type`:                  func() { all.Int64s("Name") },
		`tables: Int64s: column "Big": row 1 is 18446744073709551615, want at most 9223372036854775807`: func() { all.Int64s("Big") },
		`tables: Strings: no column "Nam"; did you mean "Name"?`:                                        func() { all.Strings("Nam") },
		`tables: Bools: column "Age" is int64, want truth values: unsuitable type`:                      func() { all.Bools("Age") },
		`tables: Times: column "Age" is int64, want times or dates: unsuitable type`:                    func() { all.Times("Age") },
		`tables: Pictures: column "Age" is int64, want images: unsuitable type`:                         func() { all.Pictures("Age") },
		`tables: Sum: column "Name" is string, want numbers: unsuitable type`:                           func() { all.Sum("Name") },
		`tables: Mean: no column "X"; the table has Age, Name, Big, At`:                                 func() { all.Mean("X") },
		`tables: Value: row 2 is outside the table of 2 rows`:                                           func() { all.Value("Age", 2) },
		`tables: IsNull: row -1 is outside the table of 2 rows`:                                         func() { all.IsNull("Age", -1) },
		broken.Err().Error(): func() { broken.Float64s("Age") },
	} {
		func() {
			defer func() {
				if err, ok := recover().(error); !ok || err.Error() != want {
					t.Errorf("got %v, want %s", err, want)
				}
			}()
			f()
			t.Errorf("no panic, want %s", want)
		}()
	}
	defer func() {
		if err, _ := recover().(error); !errors.Is(err, ErrNoColumn) {
			t.Errorf("%v is not ErrNoColumn", err)
		}
	}()
	all.Strings("Nope")
}
