package interp

import (
	"database/sql"
	"database/sql/driver"
	"maps"
	"reflect"
	"sync"
	_ "unsafe" // for go:linkname
)

// Package sql refuses a second driver of a name, and this program has some of its
// own. A package that a session loads takes the place of such a one.

//go:linkname drivers database/sql.drivers
var drivers map[string]driver.Driver

// ownDrivers are those that the program began with.
var ownDrivers = sync.OnceValue(func() map[string]driver.Driver { return maps.Clone(drivers) })

// replaceDrivers makes sql.Register put the session's drivers in the place of the
// program's.
func replaceDrivers(syms map[string]map[string]reflect.Value) {
	own := ownDrivers()
	var mu sync.Mutex
	if p := syms["database/sql"]; p != nil {
		p["Register"] = reflect.ValueOf(func(name string, d driver.Driver) {
			mu.Lock()
			defer mu.Unlock()
			if was := own[name]; was != nil && d != nil && drivers[name] == was {
				delete(drivers, name)
			}
			sql.Register(name, d)
		})
	}
}
