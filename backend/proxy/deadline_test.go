package proxy

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// deadlines is an answer that notes its write deadline.
type deadlines struct {
	*httptest.ResponseRecorder
	until time.Time
}

func (d *deadlines) SetWriteDeadline(t time.Time) error {
	d.until = t
	return nil
}

func TestAClientThatDoesNotReadDoesNotKeepAPlaylistInMemory(t *testing.T) {
	for name, write := range map[string]func(w http.ResponseWriter){
		"a playlist": func(w http.ResponseWriter) { _ = writePlaylist(w, []byte("#EXTM3U\n")) },
		"a list":     func(w http.ResponseWriter) { _ = writeText(w, http.StatusOK, "application/json", []byte("{}")) },
		"an error":   func(w http.ResponseWriter) { writeFailure(w, asFailure(errors.New("x"))) },
	} {
		w := &deadlines{ResponseRecorder: httptest.NewRecorder()}
		write(w)
		assert.False(t, w.until.IsZero(), name)
		assert.LessOrEqual(t, time.Until(w.until), writeWait, name)
	}
}
