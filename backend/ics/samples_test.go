package ics

import (
	"time"

	"gridwall/internal/testcal"
)

// may2030 and saturday are times at which these tests read calendars.
var (
	may2030  = time.Date(2030, 5, 1, 0, 0, 0, 0, time.UTC)
	saturday = time.Date(2026, 5, 23, 14, 0, 0, 0, time.UTC)
)

// vevent and vcalendar are short for what almost every test here writes.
var vevent, vcalendar = testcal.Event, testcal.Calendar
