// Package tables holds typed columns under names, and the verbs that make one
// table from another: read, update, filter, group, sort, describe, show.
//
// A [Table] is immutable: every verb returns a new one that shares the columns
// it did not change. Columns lie in memory as Apache Arrow lays them out
// (values, validity bitmap, offsets), so they pass to and from Arrow, and to
// and from Go slices of numbers, without a copy. A missing value is null, and
// NaN is an ordinary float, never null.
//
// A table carries its error: a failed verb returns a table of no rows whose
// [Table.Err] says why, every later verb passes it on, and showing the table
// shows the error.
//
// The package is no database: a table lives in memory and has at most
// 2,147,483,647 rows.
package tables
