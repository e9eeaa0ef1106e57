package source

import (
	"errors"
	"fmt"
	"path/filepath"
)

var (
	// ErrBuiltin is returned for writing or deleting a built-in source.
	ErrBuiltin = errors.New("a built-in source has no file")
	// ErrKey is returned for a key that is not of the form [a-z0-9][a-z0-9_-]*, 64 characters at most.
	ErrKey = errors.New("a key is made of a-z, 0-9, '_' and '-', begins with a letter or digit, and has at most 64 characters")
	// ErrExists is returned if the file for a new source describes another one.
	ErrExists = errors.New("the file describes another source")
)

// Error is a mistake in a source file. Its text is one line and contains no token.
type Error struct {
	// File is the path of the file.
	File string
	// Line and Column count from 1, Column in bytes. Both are 0 for an error of the whole file.
	Line, Column int
	// Msg says what is wrong, and how to correct it.
	Msg string
}

// Error returns the message after the file's name and folder ("sources/x.toml:7:1: …"); the path of the folder is shown elsewhere.
func (e *Error) Error() string {
	name := filepath.Base(e.File)
	if dir := filepath.Base(filepath.Dir(e.File)); dir != "." && dir != string(filepath.Separator) {
		name = filepath.Join(dir, name)
	}
	switch {
	case e.Line > 0 && e.Column > 0:
		return fmt.Sprintf("%s:%d:%d: %s", filepath.ToSlash(name), e.Line, e.Column, e.Msg)
	case e.Line > 0:
		return fmt.Sprintf("%s:%d: %s", filepath.ToSlash(name), e.Line, e.Msg)
	}
	return filepath.ToSlash(name) + ": " + e.Msg
}

// Errorf returns an *Error at a key of the source's file ("query", "headers.Cookie", "stream.0.url"), for the Check of an
// extractor.
func (s Source) Errorf(key, format string, args ...any) error {
	at := s.positions.At(key)
	return &Error{File: s.File, Line: at.Line, Column: at.Column, Msg: fmt.Sprintf(format, args...)}
}

// ErrorInside is Errorf for a mistake inside the string value of a key; offset counts its bytes. If the string is written with
// escapes, the error is at the key.
func (s Source) ErrorInside(key, value string, offset int, format string, args ...any) error {
	e := &Error{File: s.File, Msg: fmt.Sprintf(format, args...)}
	e.Line, e.Column = s.positions.At(key).Inside(value, offset)
	return e
}
