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
	"gridwall/app/api/fault"
	"gridwall/app/server/client"
	"gridwall/app/server/logins"
	"gridwall/app/server/reply"
	"gridwall/app/server/webfiles"
)

//go:embed page
var pageFiles embed.FS

// policy lets a plain page load its own script and style, and nothing from other origins.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// mountPages adds the login page with its files, and the UI or, if it was not built, a plain page instead.
func (s *Server) mountPages(mux *http.ServeMux) error {
	pages, err := plainPages(mux, "login.js")
	if err != nil {
		return err
	}
	mux.HandleFunc("GET "+loginPath, func(w http.ResponseWriter, r *http.Request) {
		if s.o.Token == "" {
			http.Redirect(w, r, "/", http.StatusSeeOther)
			return
		}
		render(w, pages, "login.html", nil)
	})
	mux.HandleFunc("POST "+loginPath, s.login)
	mux.HandleFunc("POST "+logoutPath, s.logout)
	if s.o.UI != nil {
		s.guard.open, err = webfiles.Mount(mux, s.o.UI)
		return err
	}
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		v, err := s.view(r)
		if err != nil {
			reply.Fail(w, err)
			return
		}
		render(w, pages, "index.html", v)
	})
	return nil
}

// plainPages adds the files of the plain pages with one of their scripts, and returns the templates.
func plainPages(mux *http.ServeMux, script string) (*template.Template, error) {
	files, err := fs.Sub(pageFiles, "page")
	if err != nil {
		return nil, fmt.Errorf("embedded page: %w", err)
	}
	// The files are listed here, so that templates are not served as files.
	for _, name := range []string{script, "style.css", "mark.svg"} {
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("embedded page: %w", err)
		}
		mux.Handle("GET "+pagePath+name, webfiles.New(name, body))
	}
	pages, err := template.ParseFS(files, "*.html")
	if err != nil {
		return nil, fmt.Errorf("embedded page: %w", err)
	}
	return pages, nil
}

func render(w http.ResponseWriter, pages *template.Template, name string, v any) {
	var buf bytes.Buffer
	if err := pages.ExecuteTemplate(&buf, name, v); err != nil {
		reply.Fail(w, err)
		return
	}
	webfiles.Secure(w, policy)
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	_, _ = buf.WriteTo(w)
}

// login starts a session if the request contains the token.
func (s *Server) login(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Token string `json:"token"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		reply.Fail(w, fault.Errorf(fault.CodeBadRequest, `send {"token": "…"}`))
		return
	}
	if s.o.Token == "" {
		reply.Fail(w, fault.Errorf(fault.CodeUnauthorized, "this server has no token, so no login is needed"))
		return
	}
	addr := client.Addr(r)
	if wait := s.guard.wrong.Paused(addr, body.Token); wait > 0 {
		reply.Fail(w, tooMany(wait))
		return
	}
	if !isToken(body.Token, s.guard.token) {
		s.o.Log.Warn("login with a wrong token", "address", addr)
		s.guard.failed(addr, body.Token, true)
		reply.Fail(w, fault.Errorf(fault.CodeUnauthorized, "wrong token; the right one is under [server] in config.toml"))
		return
	}
	s.guard.wrong.Succeeded(addr)
	s.setCookie(w, r, s.guard.sessions.Begin(), logins.Lifetime)
	w.WriteHeader(http.StatusNoContent)
}

// logout ends the session of the request.
func (s *Server) logout(w http.ResponseWriter, r *http.Request) {
	if c, err := r.Cookie(s.guard.cookie); err == nil && s.guard.sessions != nil {
		s.guard.sessions.End(c.Value)
	}
	s.setCookie(w, r, "", -1)
	w.WriteHeader(http.StatusNoContent)
}

// setCookie sets the session's cookie; a negative lifetime deletes it.
func (s *Server) setCookie(w http.ResponseWriter, r *http.Request, value string, lifetime time.Duration) {
	age := int(lifetime / time.Second)
	if lifetime < 0 {
		age = -1
	}
	http.SetCookie(w, &http.Cookie{
		Name: s.guard.cookie, Value: value, Path: "/", MaxAge: age,
		HttpOnly: true, Secure: client.Secure(r), SameSite: http.SameSiteStrictMode,
	})
}

// view is the content of the plain page: enough to open a stream in a player.
type view struct {
	Version   string
	Streams   []streamView
	Broken    []api.Source
	Sources   int
	NeedToken bool
}

type streamView struct{ Title, Quality, Site, Health, State, URL string }

// view collects the content of the plain page from the facade, without upstream URLs, because they contain tokens.
func (s *Server) view(r *http.Request) (view, error) {
	ctx := r.Context()
	v := view{Version: s.o.Version, NeedToken: s.o.Token != ""}
	list, err := s.o.API.Streams(ctx, true)
	if err != nil {
		return v, err
	}
	for _, st := range list.Streams {
		v.Streams = append(v.Streams, showStream(st, client.Scheme(r)+"://"+r.Host))
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
		v.State, v.Health = "down", "does not play"
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
