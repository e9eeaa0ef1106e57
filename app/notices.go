package app

import (
	"time"

	"gridwall/app/notify"
)

// notifier builds the part that tells of sessions and failing feeds: to the person at this machine where there is one,
// and to the page where nobody else can tell him.
func (a *App) notifier() *notify.Notifier {
	page := notify.Page{Notify: a.api.Notify}
	o := notify.Options{API: a.api, Records: noticeRecords{a.store}, Sender: page, Open: a.api.Offer, Log: a.o.Log}
	if a.o.Open != nil {
		o.Open = func(event, session, _ string) { a.o.Open(event, session) }
	}
	if a.o.Notices != nil {
		o.Sender = notify.Either{First: a.o.Notices, Second: page}
		o.Zone = time.Local
	}
	return notify.New(o)
}
