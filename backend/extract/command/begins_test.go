package command

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"gridwall/backend/source"
)

func TestMessagesThatAStreamHasNotBegunAreRecognised(t *testing.T) {
	tool := newTool(source.Source{Command: []string{"yt-dlp"}, Format: "yt-dlp"})
	for _, words := range []string{
		"Upcoming", "This video is upcoming", "The race is an upcoming live event", "upcoming stream", "Premieres in 3 hours", "Premiere will begin shortly",
		"This live event will begin in a few moments.", "This live event will begin in two hours.", "Will begin in half an hour", "Live in 1h30m", "Starts in 01:30:00",
		"This video is not yet available. Please try again later.", "We're sorry, but this video is not yet available.", "Video not yet available with unknown availability",
		"Episode 7 is not yet available", "Stream is not yet available", "This content is not available yet", "Stream didn't start yet", "Twitter Space not started yet",
		"Ride has not started", "This event has not started yet.", "The stream is not live yet", "The race has not yet begun", "Not started yet", "The show hasn't aired yet",
		"This event will start at 2030-05-24 14:00.", "Stream starts at 2030-05-24T14:00:00Z", "Stream is offline; scheduled for 2030-05-24 14:00", "It will be available on 24 May",
		"Event starts 3 days from now", "Begins about 2 hours from now", "3 days until the stream starts", "2 hours before the start of the race", "Countdown: 3 days", "Live event begins 27.05.2030 13:00",
		"The broadcast is about to begin", "This event is yet to start", "The stream is due to start in 2 hours", "The race is expected to begin at 13:00", "Offline (expected to start in 30 minutes)",
		"The race kicks off at 14:00", "Race gets underway in 20 minutes", "The race will get under way in 20 minutes", "Doors open in 1 hour", "Tune in at 8 PM", "Live soon", "The stream hasn't been started",
		"Start time: 2030-05-27T13:00:00Z", "Scheduled start time: 2030-05-27 13:00", "The live stream isn't available yet", "This video isn't live yet", "No live stream at the moment", "There is no broadcast right now",
		"Live tomorrow at 14:00", "Available from Sunday 4 PM", "The broadcast will start on Sunday", "Airs tonight at 8 PM", "Starts later today", "Coming soon",
		"There is still time 2026-04-19T10:00:00 left before the broadcast starts", "Waiting for the stream to start",
		"Channel appears to be offline", "Stream is not live", "The live stream is offline", "This livestream is offline.", "User is not online", "somebody is offline",
		"MainStreaming said: Live event is OFFLINE", "Model is offline.", "Streamer is not live", "This live is offline. Use  for ongoing live.", "live stream offline", "not live",
		"The user is not currently live", "The streamer isn't live right now", "Room is currently offline", "offline", "They are not streaming at the moment", "[plugins.bilibili][info] Channel is offline",
		"[plugin.ustreamtv][warning] This stream is currently offline",
	} {
		assert.True(t, tool.announces(words), words)
	}
	for _, words := range []string{
		"The server is offline", "proxy is offline", "origin is offline", "The site is not online", "The API is not yet started", "Chrome will start in headless mode", "the encoder starts in 4 threads",
		"Could not open the stream, perhaps the channel is offline", "This video is not available", "This live stream recording is not available.", "The channel is no longer live",
		"This video is available in 4 countries", "Only available from the EU", "The stream is not available in your region, it starts in 2 hours", "This livestream has ended",
		"Sign in to confirm your age", "The tool is about to open the page", "Chrome is about to start", "unexpected end of data before the start tag", "Start time: 12", "wait 3 seconds before the next try", "No stream of this quality", "expected to find JSON at 12:30",
		"Gave up 2 minutes before the page was ready", "Unsupported URL", "No video formats found!", "the reply begins at byte 2", "JSON starts at 7", "available on Android", "The database is not live",
		"Requested format is not available", "HTTP Error 404: Not Found", "may be offline or misspelt: no such host",
	} {
		assert.False(t, tool.announces(words), words)
	}
	plain := newTool(source.Source{Command: []string{"sh"}, Format: "lines"})
	assert.False(t, plain.announces("The room is offline"))
	assert.True(t, plain.announces("Starts tomorrow at 14:00"))
}

func TestTheTimeWhenAStreamBeginsIsRead(t *testing.T) {
	local := time.Local
	t.Cleanup(func() { time.Local = local })
	time.Local = time.FixedZone("here", 2*3600)
	now := time.Date(2030, 5, 24, 9, 30, 0, 0, time.Local) // a Friday
	at := func(day, hour, minute int) time.Time {
		return time.Date(2030, 5, day, hour, minute, 0, 0, time.Local).UTC()
	}
	for words, want := range map[string]time.Time{
		"begins in two hours": at(24, 11, 30), "In half an hour": at(24, 10, 0), "starts in an hour and a half": at(24, 11, 0), "live in 1h30m": at(24, 11, 0),
		"in 90 mins": at(24, 11, 0), "in 1 hr 5 min": at(24, 10, 35), "in 01:30:00": at(24, 11, 0), "in 1.5 hours": at(24, 11, 0), "in a couple of days": at(26, 9, 30),
		"in a few moments": now.Add(aMoment).UTC(), "will start shortly": now.Add(aMoment).UTC(), "in 1 month": now.Add(30 * 24 * time.Hour).UTC(),
		"Live tomorrow 14:00-16:00": at(25, 14, 0), "tomorrow at 14:00-09:00": at(25, 14, 0), "2030-05-25 14:00-16:00": at(25, 14, 0), "2030-05-25 14:00-01:00": at(25, 17, 0),
		"tomorrow at 14:00": at(25, 14, 0), "tomorrow 2 pm": at(25, 14, 0), "today at 12.15": at(24, 12, 15), "tonight at 8:30 p.m.": at(24, 20, 30), "at 14:00 tomorrow": at(25, 14, 0),
		"on Sunday at 14:00": at(26, 14, 0), "Friday 10:00": at(24, 10, 0), "friday at 1:00": at(31, 1, 0), "at 14:00": at(24, 14, 0), "at 01:00": at(25, 1, 0), "at 8:00": at(24, 8, 0),
		"at 2030-05-24T13:00:00Z": at(24, 15, 0), "at 2030-05-24T13:00:00+01:00": at(24, 14, 0), "for 2030-05-25 14:00": at(25, 14, 0), "2030-05-25, 14:00:00 UTC": at(25, 16, 0),
		"2030/05/25 14:00 GMT+2": at(25, 14, 0), "May 25, 2030 at 2:00 PM": at(25, 14, 0), "25th of May 14:00 CEST": at(25, 14, 0), "Sat, 25 May 2030 12:00 GMT": at(25, 14, 0),
		"3 days from now": at(27, 9, 30), "2 hours until the race starts": at(24, 11, 30), "Countdown: 1h30m": at(24, 11, 0), "Countdown: 01:30:00": at(24, 11, 0), "25.05.2030 14:00": at(25, 14, 0), "25.5.2030, 14:00 CEST": at(25, 14, 0),
		"in Italy tomorrow at 14:00": at(25, 14, 0), "May 25 at 8 AM EDT": at(25, 14, 0),
		"2 January, 14:00": {}, "at 14:00 CST": {}, "at 25:00": {}, "on Sunday": {}, "in a few hours": {}, "begins in 40:00": {}, "May 1 at 2 PM": {}, "2029-01-01 10:00": {}, "at 13 PM": {}, "": {}, "in 9999 months": {},
	} {
		assert.Equal(t, want, beginsIn(words, now), words)
	}
	december := time.Date(2030, 12, 24, 9, 30, 0, 0, time.Local)
	assert.Equal(t, time.Date(2031, 1, 2, 12, 0, 0, 0, time.UTC), beginsIn("2 January, 14:00", december))
}
