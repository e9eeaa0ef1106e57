package api

import (
	"context"
	"errors"

	"gridwall/app/api/fault"
	"gridwall/backend/access"
	"gridwall/backend/source"
	"gridwall/backend/stream"
)

// SourceFile returns the text of a source file, even of a broken one, so that it can be fixed. A built-in source has no file.
func (a *API) SourceFile(_ context.Context, key string) (SourceText, error) {
	text, err := a.o.Sources.Files.Text(key)
	if err != nil {
		return SourceText{}, sourceError(key, err)
	}
	return SourceText{Text: string(text)}, nil
}

// EnableSource turns a source on or off. It changes only the line "enabled" of its file. It fails for a broken file.
func (a *API) EnableSource(ctx context.Context, key string, to SourceSwitch) (Source, error) {
	if to.Enabled {
		text, err := a.o.Sources.Files.Text(key)
		if err != nil {
			return Source{}, sourceError(key, err)
		}
		// If the file is broken, Enable returns the error.
		if src, err := a.o.Sources.Files.Check(key, text); err == nil {
			if err := access.MayEnable(ctx, src); err != nil {
				return Source{}, fault.AsError(err)
			}
		}
	}
	if err := a.o.Sources.Files.Enable(key, to.Enabled); err != nil {
		return Source{}, sourceError(key, err)
	}
	e, ok := a.entry(key)
	if !ok {
		return Source{}, sourceError(key, stream.ErrUnknownSource)
	}
	return a.source(e), nil
}

// sourceError converts an error of the source files to the type of the contract.
func sourceError(key string, err error) *fault.Error {
	var broken *source.Error
	switch {
	case errors.Is(err, stream.ErrUnknownSource):
		return fault.Errorf(fault.CodeUnknownSource, "no source has the key %q; GET /api/v1/sources lists the sources", key)
	case errors.Is(err, source.ErrBuiltin):
		return fault.Errorf(fault.CodeInvalid, "the source %q is built in and has no file; it is there because Gridwall was started with --demo", key)
	case errors.As(err, &broken):
		return fault.Errorf(fault.CodeBrokenSource, "%w", err)
	}
	return fault.Errorf(fault.CodeInvalid, "%w", err)
}
