package proxy

import (
	"errors"
	"net/http"
	"net/url"
	"path"
	"strings"

	"gridwall/backend/assets"
	"gridwall/backend/playback"
)

// serveData answers session data, a session key, an asset or what else a playlist names. A playlist among them (an
// interstitial's) is written again like any other, with all that it names under addresses of this kind.
func (h handler) serveData(w http.ResponseWriter, r *http.Request, name, suffix string) error {
	d := playback.AssetObject{Stream: h.stream, Name: name}
	res, _ := h.stream.Asset(name)
	switch {
	case res.Kind == assets.List:
		return h.serveAssetList(w, r, d, suffix)
	case res.Kind == assets.Playlist, isPlaylistName(res.URI):
		return h.serveAsset(w, r, d, suffix)
	}
	rd := d.Open()
	defer rd.Close()
	err := h.send(w, r, rd, "application/octet-stream")
	if errors.Is(err, playback.ErrIsPlaylist) {
		return h.serveAsset(w, r, d, suffix)
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
func (h handler) serveAssetList(w http.ResponseWriter, r *http.Request, d playback.AssetObject, suffix string) error {
	told := url.Values{}
	for _, k := range [...]string{"_HLS_primary_id", "_HLS_start_offset"} {
		if v := r.URL.Query(); v.Has(k) {
			told.Set(k, v.Get(k))
		}
	}
	text, err := d.List(r.Context(), told.Encode(), suffix)
	if err != nil {
		return err
	}
	return writeText(w, http.StatusOK, "application/json", text)
}

// serveAsset answers an interstitial's playlist, or another that stands outside of the stream's own.
func (h handler) serveAsset(w http.ResponseWriter, r *http.Request, d playback.AssetObject, suffix string) error {
	text, err := d.Playlist(r.Context(), suffix)
	if err != nil {
		return err
	}
	return writePlaylist(w, text)
}
