package api

import (
	"context"
	"errors"
	"os"

	"gridwall/app/api/fault"
	"gridwall/backend/access"
	"gridwall/backend/extract"
	"gridwall/backend/jsontypes"
	"gridwall/backend/source"
	"gridwall/backend/stream"
	"gridwall/backend/weburl"
)

// Sources lists all sources by key, including broken and disabled ones.
func (a *API) Sources(context.Context) (SourceList, error) {
	out := SourceList{Sources: []Source{}}
	for _, e := range a.o.Sources.Files.All() {
		out.Sources = append(out.Sources, a.source(e))
	}
	return out, nil
}

func (a *API) source(e source.Entry) Source {
	st := a.o.Sources.Extraction.Status(e.Source.Key)
	why := st.Err
	if e.Err != nil {
		// A broken file is never run. If another file has the same key, the status is that file's.
		st, why = extract.SourceStatus{}, e.Err.Error()
	}
	return Source{
		Key: e.Source.Key, Name: e.Source.Name, Kind: e.Source.Kind, Enabled: e.Source.Enabled, File: e.Source.File,
		Error: jsontypes.Text(stream.RedactText(why)), NotYet: jsontypes.Text(st.NotYet), LooksAgain: jsontypes.Instant(st.LooksAgain), LastRun: jsontypes.Instant(st.LastRun),
		StreamCount: st.Count, LiveCount: st.Live, Running: st.Running,
	}
}

// entry returns the entry of the source file with the key, valid or not.
func (a *API) entry(key string) (source.Entry, bool) {
	for _, e := range a.o.Sources.Files.All() {
		if e.Source.Key == key {
			return e, true
		}
	}
	return source.Entry{}, false
}

// runnable returns the source, or an error if it cannot be run.
func (a *API) runnable(key string) (source.Source, error) {
	src, err := a.o.Sources.Files.Get(key)
	switch {
	case err == nil:
		return src, nil
	case errors.Is(err, stream.ErrUnknownSource):
		return src, fault.Errorf(fault.CodeUnknownSource, "no source has the key %q; GET /api/v1/sources lists the sources", key)
	}
	return src, fault.Errorf(fault.CodeBrokenSource, "%w", err)
}

// TestSource runs a source once, and returns its streams and each step of the run. Nothing is saved. If t.Text is set, it is used
// instead of the file, so that a source can be tried before it is saved.
func (a *API) TestSource(ctx context.Context, key string, t SourceText) (Trial, error) {
	var src source.Source
	var err error
	if t.Text != "" {
		src, err = a.check(ctx, key, t)
	} else {
		src, err = a.testable(key)
	}
	if err == nil {
		err = access.MayRun(ctx, src)
	}
	if err != nil {
		return Trial{}, fault.AsError(err)
	}
	if t.List != "" {
		if src.Path, err = source.TempList(t.List); err != nil {
			return Trial{}, fault.Errorf(fault.CodeInternal, "the list cannot be tried: %w", err)
		}
		defer os.Remove(src.Path)
	}
	trial := jsontypes.FromTrial(a.o.Sources.Extraction.Try(ctx, src))
	if shown := stream.RedactText(src.Name); shown != src.Name {
		trial.Name = shown
	}
	return trial, nil
}

// testable returns the source, even if it is disabled: a test shows the user whether to enable it.
func (a *API) testable(key string) (source.Source, error) {
	if e, ok := a.entry(key); ok && e.Err == nil {
		return e.Source, nil
	}
	return a.runnable(key)
}

// check parses the text of a source and checks that the caller may save it under key. It saves nothing.
func (a *API) check(ctx context.Context, key string, t SourceText) (source.Source, error) {
	if err := a.access.MayWrite(ctx, key, t.Text, t.List); err != nil {
		return source.Source{}, fault.AsError(err)
	}
	src, err := a.o.Sources.Files.Check(key, []byte(t.Text))
	if err != nil {
		return src, fault.Errorf(fault.CodeInvalid, "%w", err)
	}
	return src, checkList(key, src, t.List)
}

// checkList rejects a list that is too large, or that the source would not read.
func checkList(key string, src source.Source, list string) error {
	switch {
	case list == "":
		return nil
	case len(list) > MaxList:
		return fault.Errorf(fault.CodeTooLarge, "a list may have at most %d MiB", MaxList>>20)
	case src.Kind != "m3u" || src.URL != key+".m3u":
		return fault.Errorf(fault.CodeInvalid, "a list requires a source of kind m3u with url = %q, the file that the list is saved in", key+".m3u")
	}
	return nil
}

// PutSource checks a source's text, and writes its file and, if there is one, the list. The new source is then extracted
// automatically.
func (a *API) PutSource(ctx context.Context, key string, t SourceText) (Source, error) {
	if t.Text == "" {
		return Source{}, fault.Errorf(fault.CodeInvalid, "text is missing; it is the source file as TOML")
	}
	if _, err := a.check(ctx, key, t); err != nil {
		return Source{}, err
	}
	var list []byte
	if t.List != "" {
		list = []byte(t.List)
	}
	src, err := a.o.Sources.Files.WriteWithList(key, []byte(t.Text), list)
	if err != nil {
		return Source{}, fault.Errorf(fault.CodeInvalid, "%w", err)
	}
	if e, ok := a.entry(src.Key); ok {
		return a.source(e), nil
	}
	return a.source(source.Entry{Source: src}), nil
}

// DeleteSource deletes a source's file; its streams leave the listing.
func (a *API) DeleteSource(_ context.Context, key string) error {
	err := a.o.Sources.Files.Delete(key)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, stream.ErrUnknownSource):
		return fault.Errorf(fault.CodeUnknownSource, "no source has the key %q; GET /api/v1/sources lists the sources", key)
	}
	return fault.Errorf(fault.CodeInvalid, "%w", err)
}

// GuessSource examines a URL, and proposes a source file that reads it. Nothing is saved. A web page may take a minute: if its
// streams cannot be read directly, yt-dlp, Streamlink and a browser are tried, provided that the caller may run programs.
func (a *API) GuessSource(ctx context.Context, link SourceLink) (Guess, error) {
	// A pasted address is parsed as a browser's address bar does: some Windows programs write http:\\host.
	if u, err := weburl.Parse(link.URL); err == nil {
		link.URL = weburl.Written(link.URL, u)
	}
	if err := access.CheckURL(link.URL); err != nil {
		return Guess{}, fault.AsError(err)
	}
	if err := access.MayFetch(ctx, link.URL); err != nil {
		return Guess{}, fault.AsError(err)
	}
	g, err := a.o.Sources.Guesser.Guess(ctx, link.URL, access.CallerOf(ctx).Commands)
	switch {
	case errors.Is(err, extract.ErrWebPage) && !access.CallerOf(ctx).Commands:
		return Guess{}, fault.Errorf(fault.CodeUpstream, "%w; yt-dlp, Streamlink and a browser were not tried: set server.allow_commands = true in config.toml to permit it over HTTP", err)
	case err != nil:
		return Guess{}, fault.Errorf(fault.CodeUpstream, "%w", err)
	}
	g.Titles = g.Titles[:min(len(g.Titles), maxTitles)]
	return g, nil
}
