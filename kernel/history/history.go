// Package history keeps executed cells in a SQLite file, over all sessions of
// all kernels that are given the file. It implements [kernel.History].
package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"modernc.org/sqlite" // registers the driver "sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/sheaf-go/sheaf/kernel"
)

// A Store is a history in a file. Cells are written behind the kernel's back,
// so that none waits for a disk, those of a moment together; questions see all
// that was added before.
type Store struct {
	path string
	name string

	mu      sync.Mutex
	waiting []kernel.Entry
	wake    chan struct{} // holds a token when something waits
	hurry   chan struct{} // holds a token when somebody asks
	written *sync.Cond    // told when waiting has been written, or failed
	busy    bool          // the writer has taken what waited
	err     error         // the last that writing ended with

	memory  kernel.History // of what could not be written
	db      *sql.DB        // of the writer and, after it has settled, of questions
	session int64          // 0: nothing has been written in this one
	done    chan struct{}
	ended   chan struct{}
}

var _ kernel.History = (*Store)(nil)

// maxOutput is how many bytes of a cell's result are kept.
const maxOutput = 16 << 10

// Cells wait to be written until none has come for a lull, as the work of a
// transaction is felt by the cells beside it; at most for a while.
const (
	lull  = 100 * time.Millisecond
	while = time.Second
)

// patience is how long a file that another kernel holds is waited for.
const patience = 5 * time.Second

// schema has a row for each kernel that has executed a cell, and one for each
// cell, in order.
const schema = `
create table if not exists sessions (
	id      integer primary key autoincrement,
	started text not null, -- RFC 3339
	name    text not null  -- of the notebook, "" where it is not known
);
create table if not exists cells (
	id      integer primary key,
	session integer not null references sessions(id),
	line    integer not null,
	input   text not null,
	output  text not null
);
create index if not exists cells_by_session on cells (session, line);
create index if not exists cells_by_input on cells (input, id);`

// Open opens the file at path, which is made if it is not there, with its
// folder, when the first cell has been executed. name says whose cells these
// are, as in JPY_SESSION_NAME.
func Open(path, name string) *Store {
	s := &Store{path: path, name: name, memory: kernel.Memory(), wake: make(chan struct{}, 1), hurry: make(chan struct{}, 1), done: make(chan struct{}), ended: make(chan struct{})}
	s.written = sync.NewCond(&s.mu)
	go s.write()
	return s
}

// Add implements kernel.History. The error is that of the cells before.
func (s *Store) Add(e kernel.Entry) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting = append(s.waiting, e)
	select {
	case s.wake <- struct{}{}:
	default:
	}
	err := s.err
	s.err = nil
	return err
}

// Close writes what waits and closes the file.
func (s *Store) Close() error {
	close(s.done)
	<-s.ended
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.db != nil {
		return errors.Join(s.err, s.db.Close())
	}
	return s.err
}

// write writes what waits until Close.
func (s *Store) write() {
	defer close(s.ended)
	for {
		last := false
		select {
		case <-s.wake:
			last = s.lull()
		case <-s.done:
			last = true
		}
		s.mu.Lock()
		batch := s.waiting
		s.waiting, s.busy = nil, true
		s.mu.Unlock()
		err := patiently(func() error { return s.store(batch) })
		s.mu.Lock()
		s.busy = false
		if err != nil {
			s.err = err
			for _, e := range batch {
				s.memory.Add(e)
			}
		}
		s.written.Broadcast()
		s.mu.Unlock()
		if last {
			return
		}
	}
}

// lull waits until no further cell comes, and reports whether none will.
func (s *Store) lull() (last bool) {
	end := time.After(while)
	quiet := time.NewTimer(lull)
	defer quiet.Stop()
	for {
		select {
		case <-s.wake:
			quiet.Reset(lull)
		case <-quiet.C:
			return false
		case <-end:
			return false
		case <-s.hurry:
			return false
		case <-s.done:
			return true
		}
	}
}

// patiently does again what failed because another kernel holds the file. SQLite
// itself waits for most locks; for some, as that of the first who changes a new
// file's journal, it must not.
func patiently(try func() error) error {
	for end := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		err := try()
		var e *sqlite.Error
		if !errors.As(err, &e) || e.Code()&0xff != sqlite3.SQLITE_BUSY || time.Now().After(end) {
			return err
		}
	}
}

// open opens the file, once.
func (s *Store) open() error {
	if s.db != nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(s.path), 0o700); err != nil {
		return fmt.Errorf("history: %w", err)
	}
	// In a cache of SQLite's own size, 2 MB, every cell leaves something for as
	// long as that is not full.
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.ToSlash(s.path)}).EscapedPath()}
	u.RawQuery = "_pragma=busy_timeout(" + strconv.FormatInt(patience.Milliseconds(), 10) + ")&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_pragma=cache_size(-256)&_txlock=immediate"
	db, err := sql.Open("sqlite", u.String())
	if err == nil {
		err = patiently(func() error {
			_, err := db.Exec(schema)
			return err
		})
	}
	if err != nil {
		if db != nil {
			db.Close()
		}
		return fmt.Errorf("history %s: %w", s.path, err)
	}
	os.Chmod(s.path, 0o600) // cells may hold secrets
	s.db = db
	return nil
}

// store writes a batch of cells, and the session before its first.
func (s *Store) store(batch []kernel.Entry) (err error) {
	if len(batch) == 0 {
		return nil
	}
	if err := s.open(); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("history %s: %w", s.path, err)
		}
	}()
	tx, err := s.db.BeginTx(context.Background(), nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	session := s.session
	if session == 0 {
		r, err := tx.Exec("insert into sessions (started, name) values (?, ?)", time.Now().UTC().Format(time.RFC3339), s.name)
		if err != nil {
			return err
		}
		if session, err = r.LastInsertId(); err != nil {
			return err
		}
	}
	for _, e := range batch {
		_, err := tx.Exec("insert into cells (session, line, input, output) values (?, ?, ?, ?)", session, e.Line, e.Input, cut(e.Output))
		if err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	s.session = session
	return nil
}

func cut(output string) string {
	if len(output) <= maxOutput {
		return output
	}
	return strings.ToValidUTF8(output[:maxOutput], "") + "…"
}

// settled waits until all that was added has been written, and reports whether
// there is a file to ask; s.mu is held then.
func (s *Store) settled() bool {
	for len(s.waiting) > 0 || s.busy {
		select {
		case s.hurry <- struct{}{}:
		default:
		}
		s.written.Wait()
	}
	err := s.open()
	if err != nil {
		s.err = err
	}
	return err == nil
}

// query asks for cells.
func (s *Store) query(text string, args ...any) ([]kernel.Entry, error) {
	rows, err := s.db.Query("select session, line, input, output from cells "+text, args...)
	if err != nil {
		return nil, fmt.Errorf("history %s: %w", s.path, err)
	}
	defer rows.Close()
	var found []kernel.Entry
	for rows.Next() {
		var e kernel.Entry
		if err := rows.Scan(&e.Session, &e.Line, &e.Input, &e.Output); err != nil {
			return nil, fmt.Errorf("history %s: %w", s.path, err)
		}
		found = append(found, e)
	}
	return found, rows.Err()
}

// newest is query for cells that come in the order from the newest on.
func (s *Store) newest(text string, args ...any) ([]kernel.Entry, error) {
	found, err := s.query(text, args...)
	slices.Reverse(found)
	return found, err
}

// Tail implements kernel.History, over all sessions.
func (s *Store) Tail(n int) ([]kernel.Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.settled() {
		return s.memory.Tail(n)
	}
	return s.newest("order by id desc limit ?", max(0, n))
}

// Range implements kernel.History.
func (s *Store) Range(session, start, stop int) ([]kernel.Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.settled() {
		return s.memory.Range(session, start, stop)
	}
	which := "?"
	if session <= 0 {
		if session += int(s.session); s.session == 0 { // this one would be the next
			which = "(select coalesce(max(id), 0) + 1 from sessions) + ?"
		}
	}
	if stop < 0 {
		stop = 1<<31 - 1
	}
	return s.query("where session = "+which+" and line >= ? and line < ? order by id", session, start, stop)
}

// Search implements kernel.History, over all sessions.
func (s *Store) Search(glob string, n int, unique bool) ([]kernel.Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.settled() {
		return s.memory.Search(glob, n, unique)
	}
	if n < 1 {
		n = -1 // no limit
	}
	pattern := strings.ReplaceAll(glob, "[!", "[^")
	if unique {
		return s.newest("where id in (select max(id) from cells where input glob ? group by input) order by id desc limit ?", pattern, n)
	}
	return s.newest("where input glob ? order by id desc limit ?", pattern, n)
}
