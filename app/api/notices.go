package api

import (
	"fmt"
	"time"

	"gridwall/backend/refresh"
)

// The kinds of notices.
const (
	// NoticeFailing: a feed can no longer be renewed. It is sent once, after several attempts.
	NoticeFailing = refresh.NoticeFailing
	// NoticeRenewed: a feed with an earlier NoticeFailing can be renewed again.
	NoticeRenewed = refresh.NoticeRenewed
	// NoticeSession: a session begins soon, or has begun.
	NoticeSession = "session"
	// NoticeDone: an action that was started outside the page has succeeded or failed.
	NoticeDone = "done"
	// NoticeReady and NoticeWarning: the pre-flight check of a session found no problems, or some.
	NoticeReady   = "ready"
	NoticeWarning = "warning"
	// NoticeOpen: a session begins for which the grid opens automatically; the notice names it.
	NoticeOpen = "open"
)

// Countdown formats a remaining time for a text such as "in 5 min". It rounds up to minutes, so that the last minute reads
// "1 min" until it is over.
func Countdown(left time.Duration) string {
	minutes := max(0, int((left+time.Minute-1)/time.Minute))
	hours, days := minutes/60, minutes/(24*60)
	switch {
	case days > 0 && hours%24 > 0:
		return fmt.Sprintf("%d d %d h", days, hours%24)
	case days > 0:
		return fmt.Sprintf("%d d", days)
	case hours > 0 && minutes%60 > 0:
		return fmt.Sprintf("%d h %d min", hours, minutes%60)
	case hours > 0:
		return fmt.Sprintf("%d h", hours)
	}
	return fmt.Sprintf("%d min", minutes)
}
