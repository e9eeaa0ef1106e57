// Package jsonapi is the source kind "json": an address that answers JSON, and a jq program that yields the streams
// from it. The program sees only the answer: no environment, no modules, no further input.
package jsonapi

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/itchyny/gojq"

	"gridwall/backend/extract"
	"gridwall/backend/source"
	"gridwall/backend/stream"
)

// MaxYields bounds the values that a jq program may yield: it stops an endless one before the timeout.
const MaxYields = 100_000

// Extractor is the extractor of kind "json".
type Extractor struct{}

var (
	_ extract.Extractor = Extractor{}
	_ extract.Checker   = Extractor{}
)

// Check compiles the source's jq program, so that a mistake is reported with its line before anything is fetched.
func (Extractor) Check(src source.Source) error {
	_, err := compile(src)
	return err
}

// Extract fetches the source's URL, runs the program on the answer, and returns the streams that it yields.
func (Extractor) Extract(ctx context.Context, src source.Source, site *extract.Site) ([]extract.Found, error) {
	code, err := compile(src)
	if err != nil {
		return nil, err
	}
	page, err := site.Get(ctx, src.URL)
	if err != nil {
		return nil, err
	}
	doc, err := decode(page)
	if err != nil {
		return nil, err
	}
	return run(ctx, code, doc, page, site)
}

func compile(src source.Source) (*gojq.Code, error) {
	query, err := gojq.Parse(src.Query)
	if err != nil {
		offset := len(src.Query)
		var pe *gojq.ParseError
		if errors.As(err, &pe) {
			// The error's offset is after the token.
			offset = max(0, pe.Offset-max(1, len(pe.Token)))
		}
		return nil, src.ErrorInside("query", src.Query, offset, "query is not a jq program: %v", err)
	}
	// Without options the program reaches only its input: $ENV is empty, input and import fail.
	code, err := gojq.Compile(query)
	if err != nil {
		return nil, src.Errorf("query", "query is not a jq program: %v", err)
	}
	return code, nil
}

// decode reads the page as one JSON value. Numbers keep their digits: ids are used in URLs.
func decode(page *extract.Page) (any, error) {
	doc, err := page.JSONDocument()
	if err != nil {
		return nil, page.JSONError(err)
	}
	return doc, nil
}

// run runs the program on doc, and collects the streams that it yields.
func run(ctx context.Context, code *gojq.Code, doc any, page *extract.Page, site *extract.Site) ([]extract.Found, error) {
	var (
		found                  []extract.Found
		yields, empty, foreign int
	)
	iter := code.RunWithContext(ctx, doc)
	for {
		v, ok := iter.Next()
		if !ok {
			break
		}
		if err, isErr := v.(error); isErr {
			var halt *gojq.HaltError
			if errors.As(err, &halt) && halt.Value() == nil {
				break
			}
			return nil, queryError(ctx, page, doc, err)
		}
		if yields++; yields > MaxYields {
			return nil, fmt.Errorf("the query yields more than %d values; narrow it down", MaxYields)
		}
		f, result, err := convert(v, page.URL)
		switch {
		case err != nil:
			return nil, err
		case result == noURL:
			empty++
		case result == foreignURL:
			foreign++
		default:
			found = append(found, f)
		}
	}
	site.Note("values of the query", yields)
	if empty > 0 {
		site.Note("skipped: no url", empty)
	}
	if foreign > 0 {
		site.Note("skipped: neither http nor https", foreign)
	}
	switch {
	case len(found) > 0:
		return found, nil
	case yields == 0:
		return nil, fmt.Errorf("%w: the query yields nothing for this answer: %s", stream.ErrNoStreams, shape(doc))
	}
	return nil, fmt.Errorf("%w: none of the query's %d values has an http or https url", stream.ErrNoStreams, yields)
}

// queryError returns why the program stopped. jq quotes the data that caused it, which may be a token, so quoted text
// is left out.
func queryError(ctx context.Context, page *extract.Page, doc any, err error) error {
	if cause := ctx.Err(); cause != nil {
		if errors.Is(cause, context.DeadlineExceeded) {
			return fmt.Errorf("the query over %s did not end within the source's timeout: %w", page.Shown(), cause)
		}
		return fmt.Errorf("the query over %s was cancelled: %w", page.Shown(), cause)
	}
	text := quoted.ReplaceAllString(err.Error(), "(…)")
	text = stream.Truncate(stream.RedactText(strings.ReplaceAll(text, "\n", " ")), 200)
	if strings.HasSuffix(text, ": null") {
		text += "; the answer is " + shape(doc) // usually a name in the query is wrong
	}
	return fmt.Errorf("the query fails on the answer of %s: %s", page.Shown(), text)
}
