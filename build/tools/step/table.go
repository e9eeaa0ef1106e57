//go:build linux

package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// table collects the figures of each browser, and prints them as a table in Markdown.
type table struct {
	rows    []string
	columns []*column
}

// column holds the figures of one browser, by row.
type column struct {
	name    string
	table   *table
	figures map[string]string
}

func (t *table) column(name string) *column {
	c := &column{name, t, map[string]string{}}
	t.columns = append(t.columns, c)
	return c
}

// set sets a figure, and reports it at once on stderr.
func (c *column) set(row, format string, args ...any) {
	c.figures[row] = fmt.Sprintf(format, args...)
	fmt.Fprintf(os.Stderr, "%s: %s: %s\n", c.name, row, c.figures[row])
	if !slices.Contains(c.table.rows, row) {
		c.table.rows = append(c.table.rows, row)
	}
}

func (t *table) String() string {
	var b strings.Builder
	line := func(first string, cell func(*column) string) {
		b.WriteString("| " + first + " |")
		for _, c := range t.columns {
			b.WriteString(" " + cell(c) + " |")
		}
		b.WriteString("\n")
	}
	line("", func(c *column) string { return c.name })
	line("---", func(*column) string { return "---" })
	for _, row := range t.rows {
		line(row, func(c *column) string {
			if figure, ok := c.figures[row]; ok {
				return figure
			}
			return "not measured"
		})
	}
	return b.String()
}
