package main

// mutant is one mechanism that is switched off in one file.
type mutant struct {
	name, file string
	edits      []edit
	test       string // of the test that must fail
}

// edit replaces a text that stands in the file once.
type edit struct{ old, new string }

const (
	matcher   = "backend/extract/match.go"
	healing   = "backend/proxy/heal.go"
	feed      = "backend/proxy/feed.go"
	client    = "backend/proxy/client.go"
	objects   = "backend/proxy/object.go"
	numbering = "backend/proxy/numbering.go"
)

// mutants is the list of all. Where a mechanism has a second one behind it, both are off.
var mutants = []mutant{
	{"healing: renew on a refusal", healing,
		[]edit{{"return f.renew(ctx, what, up, r, try)", "return r"}}, "TestOpaqueTokensThatDie"},
	{"matching by title", matcher,
		[]edit{{"\tm.byTitle()\n\t// What", "\t// What"}}, "TestPathsThatChange"},
	{"matching by place", matcher, []edit{
		{"kind := byExact; kind <= byPath; kind++", "kind := byExact; kind < byExact; kind++"},
		{"\tm.pairs(byExact, true, m.take)\n", ""},
		{"\tm.pairs(byQueried, true, m.take)\n", ""},
	}, "TestTitlesThatChange"},
	{"ambiguous titles decide nothing", matcher, []edit{{"func (m *matcher) byTitle() {\n", `func (m *matcher) byTitle() {
	for k := range m.items[sideKnown] {
		for f := range m.items[sideFresh] {
			if m.taken[sideFresh][f] < 0 && m.items[sideKnown][k].groups[byQuality] == m.items[sideFresh][f].groups[byQuality] {
				m.take(int32(k), int32(f))
				break
			}
		}
	}
`}}, "TestFeedsWithEqualTitles"},
	{"places object to titles", matcher,
		[]edit{{"case there == f:", "case true:"}}, "TestFeedsWhoseTitlesChangePlaces"},
	{"the query tells feeds apart", matcher, []edit{
		{"host, path, query, ok := t.Identity(url)", "host, path, _, ok := t.Identity(url)\n\tquery := \"\""},
	}, "TestFeedsWithEqualTitles/told_apart_by_query"},
	{"edge rotation: the path alone", matcher, []edit{
		{"kind := byExact; kind <= byPath; kind++", "kind := byExact; kind <= byHost; kind++"},
		{"\tm.pairs(byQueried, true, m.take)\n", ""},
	}, "TestAnEdgeThatRotates"},
	{"the stream's headers", client,
		[]edit{{"\t\treq.Header.Set(k, v)\n", "\t\t_ = v\n"}}, "TestARefererThatIsDemanded"},
	{"cookies", client,
		[]edit{{"Jar: jar, ", ""}}, "TestACookieThatThePlaylistSets"},
	{"children inherit the token", feed,
		[]edit{{"v.RawQuery != u.RawQuery {", "false && v != nil {"}}, "TestChildrenThatAreNamed"},
	{"a web page for a playlist refuses", feed,
		[]edit{{"if t.kind != judge.Playlist {", "if false {"}}, "TestAWebPage/of_everything"},
	{"a web page for a segment refuses", "backend/proxy/judge.go",
		[]edit{{"case !e.want.Fits(kind):", "case false:"}}, "TestAWebPage/of_segments"},
	{"renumbering", numbering,
		[]edit{{"if !ok || len(f.media.Segments) == 0 {", "if true || !ok {"}}, "TestAnEdgeThatNumbers"},
	{"renumbering by date", numbering,
		[]edit{{"if shift, ok := f.byTime(known, first, last); ok {", "if shift, ok := f.byTime(known, first, last); false && ok {"}}, "TestAnEdgeThatNumbers/told_by_date"},
	{"renumbering by path", numbering,
		[]edit{{"if shift, ok := f.byPath(known, first, last); ok {", "if shift, ok := f.byPath(known, first, last); false && ok {"}}, "TestAnEdgeThatNumbers/told_by_path"},
	{"upstream's number as explicit IV", "backend/hls/mediarender.go",
		[]edit{{"\tdst = append(dst, \",IV=0x0000000000000000\"...)\n", "\treturn dst\n"}}, "TestAnEdgeThatNumbers/and_has_a_key"},
	{"the cache tells edges' ciphers apart", "backend/proxy/rendition.go",
		[]edit{{"if s := r.snap; s != nil && slices.ContainsFunc(", "if s := r.snap; false && slices.ContainsFunc("}}, "TestAnEdgeThatNumbers/and_has_a_key"},
	{"one download for all viewers", "backend/proxy/cache.go",
		[]edit{{"if d := c.all[key]; d != nil {", "if d := c.all[key]; false && d != nil {"}}, "TestManyViewers"},
	{"the expiry is read from the URL", "backend/refresh/manager.go",
		[]edit{{"life, _ := token.URL(url)", "var life token.Life"}}, "TestNginxSecureLinks"},
	{"numbers outlive the process", "backend/proxy/rendition.go",
		[]edit{{"r.numbering, r.keys, r.maps = rec.Numbering, rec.Keys, rec.Maps", "r.keys, r.maps = rec.Keys, rec.Maps"}}, "TestAfterAKillTheSameAddresses"},
	{"key names outlive the process", "backend/proxy/rendition.go",
		[]edit{{"r.numbering, r.keys, r.maps = rec.Numbering, rec.Keys, rec.Maps", "r.numbering, r.maps = rec.Numbering, rec.Maps"}}, "TestAfterAKillInMidRotation"},
}
