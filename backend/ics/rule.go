package ics

import (
	"fmt"
	"slices"
	"strings"

	"gridwall/backend/season"

	"github.com/teambition/rrule-go"
)

// normaliseRule returns a rule in the form that the library reads: upper case, without blanks, empty parts and parts without
// effect, and with UNTIL in the basic format.
func normaliseRule(rule string) (string, error) {
	var parts []string
	for part := range strings.SplitSeq(strings.ToUpper(rule), ";") {
		name, value, ok := strings.Cut(strings.ReplaceAll(part, " ", ""), "=")
		switch {
		case name == "" && !ok, name == "RSCALE" && value == "GREGORIAN", name == "SKIP" && value == "OMIT", strings.HasPrefix(name, "X-"):
			continue
		case name == "UNTIL":
			value = strings.NewReplacer("-", "", ":", "").Replace(value)
		case name == "COUNT" && strings.Trim(value, "0") == "": // the library treats it as unlimited
			return "", fmt.Errorf("%w: %q", errRules, season.Clip(rule))
		}
		parts = append(parts, name+"="+value)
	}
	return strings.Join(parts, ";"), nil
}

// plausible reports whether a rule is plausible for races and cheap to expand.
func plausible(o *rrule.ROption) bool {
	for _, list := range []*[]int{&o.Bysetpos, &o.Bymonth, &o.Bymonthday, &o.Byyearday, &o.Byweekno, &o.Byeaster} { // each number once
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	times := max(1, len(o.Byhour)) * max(1, len(o.Byminute)) * max(1, len(o.Bysecond))
	return o.Freq <= rrule.DAILY && o.Interval >= 0 && o.Interval <= maxInterval && o.Count >= 0 && times <= maxTimes && len(o.Bysetpos) <= maxPlaces
}

// untilOf returns the value of a rule's UNTIL.
func untilOf(rule string) string {
	for part := range strings.SplitSeq(strings.ToUpper(rule), ";") {
		if v, ok := strings.CutPrefix(strings.TrimSpace(part), "UNTIL="); ok {
			return v
		}
	}
	return ""
}
