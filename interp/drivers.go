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

// registering is sql.Register that puts the session's drivers in the place of
// the program's own.
func registering(own map[string]driver.Driver) reflect.Value {
	var mu sync.Mutex
	return reflect.ValueOf(func(name string, d driver.Driver) {
		mu.Lock()
		defer mu.Unlock()
		if was := own[name]; was != nil && d != nil && drivers[name] == was {
			delete(drivers, name)
		}
		sql.Register(name, d)
	})
}
