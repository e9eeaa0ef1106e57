// Package lineup decides which feeds a session of the calendar has, and in which order: by the first rule that matches the
// session, otherwise by the streams' titles (Feeds). It stores the rules and openings that clients set, previews a rule before it
// is saved, and checks before a session whether its feeds are ready (RunPreflight).
//
// What does not live here: matching a title or a rule (backend/schedule, backend/rules), running sources and checking
// streams (backend/extract), reminders at a session's start (app/notify), and the contract's types (app/api).
package lineup
