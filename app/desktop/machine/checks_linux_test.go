package machine

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"gridwall/internal/testbus"
)

func TestDoctorChecksTheTrayAndTheCodecs(t *testing.T) {
	testbus.Start(t)
	assert.NotEmpty(t, checkTray(t.Context()).Fix)
	testbus.NewPanel(t)
	assert.Empty(t, checkTray(t.Context()).Fix)
	assert.NotEmpty(t, checkCodecs([]string{"AAC"}).Fix)
	assert.Empty(t, checkCodecs(nil).Fix)
}
