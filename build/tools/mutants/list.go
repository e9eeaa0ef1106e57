package main

import (
	"slices"
	"strings"
)

// mutant is one mechanism that is switched off.
type mutant struct {
	name, file string
	edits      []edit
	// test must fail. It is in app/e2e, unless the test's package precedes it: "./backend/hls TestX".
	test string
}

// edit replaces a text that occurs in the file exactly once. An edit without an old text switches to another file, see in.
type edit struct{ old, new string }

// in switches to another file for the edits that follow. If a second guard backs up the first, both must be off.
func in(file string) edit { return edit{new: file} }

// where returns the package of the mutant's test, and the test's name.
func (m mutant) where() (pkg, test string) {
	if pkg, test, ok := strings.Cut(m.test, " "); ok {
		return pkg, test
	}
	return endToEnd, m.test
}

// mutants returns all mutants.
func mutants() []mutant { return slices.Concat(playback, guards) }

const (
	matcher    = "backend/extract/match.go"
	recovery   = "backend/fetch/recover.go"
	inheriting = "backend/httpclient/inherit.go"
	client     = "backend/fetch/client.go"
	numbering  = "backend/numbering/numbering.go"
)

// playback are the mechanisms that keep a stream playing. If a second one backs up the first, both are switched off.
var playback = []mutant{
	{"recovery: renew on a refusal", recovery,
		[]edit{{"\t}\n\treturn f.renew(ctx, subject, up, r, try, until)\n", "\t}\n\treturn r\n"}}, "TestOpaqueTokensThatDie"},
	{"matching by title", matcher,
		[]edit{{"\tm.byTitle()\n\t// Addresses", "\t// Addresses"}}, "TestPathsThatChange"},
	{"matching by path", matcher, []edit{
		{"kind := byExact; kind <= byPath; kind++", "kind := byExact; kind < byExact; kind++"},
		{"\tm.pairs(byExact, true, m.take)\n", ""},
		{"\tm.pairs(byQueried, true, m.take)\n", ""},
	}, "TestTitlesThatChange"},
	{"ambiguous titles match nothing", matcher, []edit{{"func (m *matcher) byTitle() {\n", `func (m *matcher) byTitle() {
	for k := range m.items[sideKnown] {
		for f := range m.items[sideFresh] {
			if m.taken[sideFresh][f] < 0 && m.items[sideKnown][k].groups[byQuality] == m.items[sideFresh][f].groups[byQuality] {
				m.take(int32(k), int32(f))
				break
			}
		}
	}
`}}, "TestFeedsWithEqualTitles"},
	{"a path overrides a title", matcher,
		[]edit{{"case ofKnown == f:", "case true:"}}, "TestFeedsWhoseTitlesChangePlaces"},
	{"the query distinguishes feeds", matcher, []edit{
		{"host, path, query, ok := t.Identity(url)", "host, path, _, ok := t.Identity(url)\n\tquery := \"\""},
		{"\tm.byLikeness(known, fresh, t)\n", ""},
	}, "TestFeedsWithEqualTitles/told_apart_by_query"},
	{"edge rotation: the path alone", matcher, []edit{
		{"kind := byExact; kind <= byPath; kind++", "kind := byExact; kind <= byHost; kind++"},
		{"\tm.pairs(byQueried, true, m.take)\n", ""},
	}, "TestAnEdgeThatRotates"},
	{"the stream's headers", client,
		[]edit{{"Headers: up.Headers, ", ""}}, "TestARefererThatIsDemanded"},
	{"cookies", client,
		[]edit{{"\t}, jar)\n", "\t}, nil)\n"}}, "TestACookieThatThePlaylistSets"},
	{"children inherit the token", inheriting,
		[]edit{{"\tcase v.RawQuery == u.RawQuery:", "\tcase true:"}}, "TestChildrenThatAreNamed"},
	{"a web page instead of a playlist is a refusal", "backend/fetch/text.go",
		[]edit{{"if t.kind != media.Playlist {", "if false {"}}, "TestAWebPage/of_everything"},
	{"a web page instead of a segment is a refusal", "backend/response/examine.go",
		[]edit{{"case !x.Want.Fits(kind):", "case false:"}}, "TestAWebPage/of_segments"},
	{"renumbering", numbering,
		[]edit{{"if !ok || len(c.Media.Segments) == 0 {", "if true || !ok {"}}, "TestAnEdgeThatNumbers"},
	{"renumbering by date", numbering,
		[]edit{{"if shift, ok := c.byTime(k, first, last); ok {", "if shift, ok := c.byTime(k, first, last); false && ok {"}}, "TestAnEdgeThatNumbers/told_by_date"},
	{"renumbering by path", numbering,
		[]edit{{"if shift, ok := c.byPath(k, first, last); ok {", "if shift, ok := c.byPath(k, first, last); false && ok {"}}, "TestAnEdgeThatNumbers/told_by_path"},
	{"upstream's number as explicit IV", "backend/hls/mediarender.go",
		[]edit{{"\tdst = append(dst, \",IV=0x0000000000000000\"...)\n", "\treturn dst\n"}}, "TestAnEdgeThatNumbers/and_has_a_key"},
	{"the cache distinguishes the edges' ciphers", "backend/timeline/lookup.go",
		[]edit{{"if s := t.shown; s != nil && slices.ContainsFunc(", "if s := t.shown; false && slices.ContainsFunc("}}, "TestAnEdgeThatNumbers/and_has_a_key"},
	{"one download for all viewers", "backend/objects/store.go",
		[]edit{{"if d := s.joinable[key]; d != nil {", "if d := s.joinable[key]; false && d != nil {"}}, "TestManyViewers"},
	{"the expiry is read from the URL", "backend/refresh/manager.go",
		[]edit{{"life, _ := token.URL(url)", "var life token.Life"}}, "TestNginxSecureLinks"},
	{"numbers survive a restart", "backend/timeline/record.go",
		[]edit{{"t.numbering, t.keys, t.maps = n, epochs(r.Keys).newest(maxEpochs), epochs(r.Maps).newest(maxEpochs)", "t.keys, t.maps = epochs(r.Keys).newest(maxEpochs), epochs(r.Maps).newest(maxEpochs)"}}, "TestAfterAKillTheSameAddresses"},
	{"key names survive a restart", "backend/timeline/record.go",
		[]edit{{"t.numbering, t.keys, t.maps = n, epochs(r.Keys).newest(maxEpochs), epochs(r.Maps).newest(maxEpochs)", "t.numbering, t.maps = n, epochs(r.Maps).newest(maxEpochs)"}}, "TestAfterAKillInMidRotation"},
	{"spares: the monitor notices that the feeder has stopped", "backend/spares/watch.go",
		[]edit{{"\t\tc.replace(feeder, why)\n", "\t\t_ = why\n"}}, "./backend/spares TestASpareTakesOverWhenTheFirstSourceFails"},
	{"spares: a spare is kept warm", "backend/spares/watch.go",
		[]edit{{"\t\tc.pollSpare(warm, used, v, now)\n", ""}}, "./backend/spares TestAWarmSpareCostsOnlyItsPlaylists"},
	{"spares: a warm spare is not recorded", "backend/playback/retain.go",
		[]edit{{"\t\tunasked = 0\n", ""}}, "./backend/spares TestThePlayerCanStillGoBackAfterTheSwitch"},
	{"spares: refused segments count", "backend/spares/serve.go",
		[]edit{{"c.replace(feeder, \"refuses its segments\")", ""}}, "./backend/spares TestASpareTakesOverWhenTheSegmentsAreRefused"},
	{"spares: one automatic return in five minutes", "backend/spares/watch.go",
		[]edit{{" && now.Sub(c.backAt) > minReturn", ""}}, "./backend/spares TestTheOwnSourceTakesOverAgainByRule"},
	{"splice: a discontinuity where a stream continues another", "backend/splice/start.go",
		[]edit{{"l.Edge.Discontinuity + 1 -", "l.Edge.Discontinuity -"}}, "./backend/splice TestTheWindowSlidesFromOneStreamToTheNext"},
	{"splice: the same time", "backend/splice/start.go",
		[]edit{{"return k, ByDate", "return atEdge(list, edge, now)"}}, "./backend/splice TestTheFirstSegmentOfASpareIsTheOneAtTheSameTime"},
	{"splice: IVs are explicit under other numbers", "backend/timeline/entries.go",
		[]edit{{"\t\tshift.MSN = 1 //", "\t\t//"}}, "./backend/spares TestASpareTakesOverWhenTheFirstSourceFails"},
}
