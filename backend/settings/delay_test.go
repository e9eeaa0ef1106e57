package settings

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestADelayIsANumberOfSecondsWithAtMostOneDecimal(t *testing.T) {
	for _, v := range []string{"", "off", "0", "30", "12.5", "3600"} {
		assert.NoError(t, validateDelay(v), v)
	}
	for _, v := range []string{"-1", "3601", "1e3", "12.25", "NaN", "5s", "on", " 5", "99999"} {
		assert.Error(t, validateDelay(v), v)
	}
}
