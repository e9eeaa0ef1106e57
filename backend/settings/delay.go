package settings

import (
	"errors"
	"regexp"
	"strconv"
)

// maxDelay bounds ui.delay, in seconds.
const maxDelay = 3600

// delay matches a number of seconds with at most one decimal.
var delay = regexp.MustCompile(`^\d{1,4}(\.\d)?$`)

// validateDelay validates ui.delay: "" if each page has its own delay, else the delay that all pages have, "off" for none.
func validateDelay(v string) error {
	if v == "" || v == Off {
		return nil
	}
	if seconds, err := strconv.ParseFloat(v, 64); err != nil || !delay.MatchString(v) || seconds > maxDelay {
		return errors.New(`ui.delay must be a number of seconds from 0 to 3600, such as 30 or 12.5, "off" for no delay, or empty if each page has its own`)
	}
	return nil
}
