package server

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strconv"
	"time"

	"gridwall/app/api"
)

//go:embed page
var pageFiles embed.FS

// policy lets the page load its own script and style, and nothing from anywhere else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// cookieLife is how long a login lasts.
const cookieLife = 30 * 24 * time.Hour

// mountPage adds the plain page, its files, and the login.
func (s *Server) mountPage(mux *http.ServeMux) error {
	files, err := fs.Sub(pageFiles, "page")
	if err != nil {
		return fmt.Errorf("embedded page: %w", err)
	}
	pages, err := template.ParseFS(files, "*.html")
	if err != nil {
		return fmt.Errorf("embedded page: %w", err)
	}
	// The list of assets is a list, so that a template never goes out as a file.
	for name, kind := range map[string]string{
		"app.js": "text/javascript", "login.js": "text/javascript", "style.css": "text/css", "mark.svg": "image/svg+xml",
	} {
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return fmt.Errorf("embedded page: %w", err)
		}
		mux.HandleFunc("GET "+assetsPath+name, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind+"; charset=utf-8")
			w.Header().Set("Cache-Control", "no-cache")
			_, _ = w.Write(body)
		})
	}
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		v, err := s.view(r)
		if err != nil {
			fail(w, err)
			return
		}
		render(w, pages, "index.html", v)
	})
	mux.HandleFunc("GET "+loginPath, func(w http.ResponseWriter, r *http.Request) {
		if s.o.Token == "" {
			http.Redirect(w, r, "/", http.StatusSeeOther)
			return
		}
		render(w, pages, "login.html", nil)
	})
	mux.HandleFunc("POST "+loginPath, s.login)
	return nil
}

func render(w http.ResponseWriter, pages *template.Template, name string, v any) {
	var buf bytes.Buffer
	if err := pages.ExecuteTemplate(&buf, name, v); err != nil {
		fail(w, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	_, _ = buf.WriteTo(w)
}

// login gives a cookie for the token.
func (s *Server) login(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Token string `json:"token"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		fail(w, api.Errorf(api.CodeBadRequest, `send {"token": "…"}`))
		return
	}
	if s.o.Token == "" || !s.guard.isToken(body.Token) {
		fail(w, api.Errorf(api.CodeUnauthorized, "this is not the token; it stands under [server] in config.toml"))
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name: s.guard.cookie, Value: s.guard.session, Path: "/", MaxAge: int(cookieLife / time.Second),
		HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
	w.WriteHeader(http.StatusNoContent)
}

// view is what the page shows.
type view struct {
	Version   string
	Live      *liveView
	Next      *liveView
	Streams   []streamView
	Dead      []streamView
	Broken    []api.Source
	Sources   int
	Schedule  string
	NeedToken bool
}

type liveView struct{ Event, Session, Place, At string }

type streamView struct {
	Title, Quality, Site, Health, State, URL string
	Active                                   bool
	Error, Expires                           string
}

// view gathers the page from the facade. Upstream URLs stay out of it: they hold tokens.
func (s *Server) view(r *http.Request) (view, error) {
	ctx := r.Context()
	v := view{Version: s.o.Version, NeedToken: s.o.Token != ""}
	list, err := s.o.API.Streams(ctx, true)
	if err != nil {
		return v, err
	}
	active, err := s.o.API.Active(ctx)
	if err != nil {
		return v, err
	}
	byID := map[string]api.Active{}
	for _, a := range active.Active {
		byID[a.ID] = a
	}
	for _, st := range list.Streams {
		sv := showStream(st, "http://"+r.Host)
		if a, ok := byID[st.ID]; ok {
			sv.Active, sv.Error = true, a.LastError
			if a.ExpiresAt != nil {
				sv.Expires = a.ExpiresAt.Format(time.RFC3339)
			}
		}
		if sv.State == "dead" && !sv.Active {
			v.Dead = append(v.Dead, sv)
		} else {
			v.Streams = append(v.Streams, sv)
		}
	}
	sources, err := s.o.API.Sources(ctx)
	if err != nil {
		return v, err
	}
	v.Sources = len(sources.Sources)
	for _, src := range sources.Sources {
		if src.Error != nil {
			v.Broken = append(v.Broken, src)
		}
	}
	schedule, err := s.o.API.Schedule(ctx)
	if err != nil {
		return v, err
	}
	if schedule.Error != nil {
		v.Schedule = *schedule.Error
	}
	v.Live, v.Next = showSessions(schedule)
	return v, nil
}

func showStream(st api.Stream, base string) streamView {
	v := streamView{
		Title: st.Title, Quality: st.Quality, Site: st.SiteName, State: "unchecked", Health: "not checked yet",
		URL: base + "/hls/" + st.ID + "/index.m3u8",
	}
	if st.IsLive == nil {
		return v
	}
	if !*st.IsLive {
		v.State, v.Health = "dead", "does not answer"
		return v
	}
	v.State, v.Health = "live", "plays"
	if st.ResponseTimeMS != nil {
		v.Health += " · " + strconv.FormatInt(*st.ResponseTimeMS, 10) + " ms"
	}
	if st.Bitrate != nil {
		v.Health += " · " + strconv.FormatFloat(float64(*st.Bitrate)/1e6, 'f', 1, 64) + " Mbit/s"
	}
	return v
}

// showSessions finds the session that is live, and the next one.
func showSessions(schedule api.Schedule) (live, next *liveView) {
	var start time.Time
	for _, e := range schedule.Events {
		for _, ses := range e.Sessions {
			v := &liveView{Event: e.Name, Session: ses.Name, Place: e.Circuit}
			if ses.Start != nil {
				v.At = ses.Start.Format(time.RFC3339)
			}
			switch {
			case ses.Status == "live" && live == nil:
				live = v
			case ses.Status == "upcoming" && ses.Start != nil && (next == nil || ses.Start.Before(start)):
				next, start = v, *ses.Start
			}
		}
	}
	return live, next
}
