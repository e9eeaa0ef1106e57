package proxy

import (
	"context"
	"errors"
	"gridwall/backend/assets"
	"gridwall/backend/fetch"
	"gridwall/backend/playback"
	"net/http"
	"net/url"
	"path"
	"strings"
)

// serveData answers session data, a session key, an asset or what else a playlist names. A playlist among them (an
// interstitial's) is written again like any other, with all that it names under addresses of this kind.
func (f handler) serveData(w http.ResponseWriter, r *http.Request, name, suffix string) error {
	d := playback.AssetObject{Stream: f.Stream, Name: name}
	res, _ := f.Asset(name)
	switch {
	case res.Kind == assets.List:
		return f.serveAssetList(w, r, d, suffix)
	case res.Kind == assets.Playlist, isPlaylistName(res.URI):
		return f.serveAsset(w, r, d, suffix)
	}
	rd := f.Store.Join(f.ID+"/data/"+name, &playback.AssetFetcher{UpstreamObject: fetch.UpstreamObject{Fetcher: f.Fetcher, At: d, What: d.PauseKey() + "/media"}})
	defer rd.Close()
	err := f.send(w, r, rd, "application/octet-stream")
	if errors.Is(err, playback.ErrIsPlaylist) {
		return f.serveAsset(w, r, d, suffix)
	}
	return err
}

func isPlaylistName(uri string) bool {
	uri, _, _ = strings.Cut(uri, "?")
	ext := strings.ToLower(path.Ext(uri))
	return ext == ".m3u8" || ext == ".m3u"
}

// serveAssetList answers the JSON of an X-ASSET-LIST with our addresses in it. What a player tells in the query goes
// on to the upstream (RFC 8216bis, appendix D.2): the list depends on it, so it is not kept.
func (f handler) serveAssetList(w http.ResponseWriter, r *http.Request, d playback.AssetObject, suffix string) error {
	told := url.Values{}
	for _, k := range [...]string{"_HLS_primary_id", "_HLS_start_offset"} {
		if v := r.URL.Query(); v.Has(k) {
			told.Set(k, v.Get(k))
		}
	}
	var text []byte
	err := f.Recover(r.Context(), d.PauseKey(), func(ctx context.Context, a fetch.Attempt) error {
		e, named, err := d.Locate(ctx, a)
		if err != nil {
			return err
		}
		text, err = f.ReadAssetList(ctx, a.Upstream, e, told.Encode(), playback.AssetNames{Stream: f.Stream, Suffix: suffix, Parent: d.Name})
		return fetch.At(err, fetch.LevelPlaylist, named)
	})
	if err != nil {
		return err
	}
	return writeText(w, http.StatusOK, "application/json", text)
}

// serveAsset answers an interstitial's playlist, or another that stands outside of the stream's own.
func (f handler) serveAsset(w http.ResponseWriter, r *http.Request, d playback.AssetObject, suffix string) error {
	var text []byte
	err := f.Recover(r.Context(), d.PauseKey(), func(ctx context.Context, a fetch.Attempt) error {
		e, named, err := d.Locate(ctx, a)
		if err != nil {
			return err
		}
		text, err = f.ReadAsset(ctx, a.Upstream, e, playback.AssetNames{Stream: f.Stream, Suffix: suffix, Parent: d.Name})
		return fetch.At(err, fetch.LevelPlaylist, named)
	})
	if err != nil {
		return err
	}
	return writePlaylist(w, text)
}
