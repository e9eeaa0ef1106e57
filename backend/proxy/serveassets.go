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

// serveData serves session data, a session key, an asset or another address outside the timelines. If it is a playlist (an
// interstitial's), its addresses are replaced with addresses of this kind.
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

// serveAssetList serves the JSON of an X-ASSET-LIST with Gridwall's addresses. The player's query parameters are passed on to
// the upstream (RFC 8216bis, appendix D.2). As the list depends on them, it is not cached.
func (h handler) serveAssetList(w http.ResponseWriter, r *http.Request, d playback.AssetObject, suffix string) error {
	params := url.Values{}
	for _, k := range [...]string{"_HLS_primary_id", "_HLS_start_offset"} {
		if v := r.URL.Query(); v.Has(k) {
			params.Set(k, v.Get(k))
		}
	}
	text, err := d.List(r.Context(), params.Encode(), suffix)
	if err != nil {
		return err
	}
	return writeText(w, http.StatusOK, "application/json", text)
}

// serveAsset serves an interstitial's playlist, or another one outside the timelines.
func (h handler) serveAsset(w http.ResponseWriter, r *http.Request, d playback.AssetObject, suffix string) error {
	text, err := d.Playlist(r.Context(), suffix)
	if err != nil {
		return err
	}
	return writePlaylist(w, text)
}
