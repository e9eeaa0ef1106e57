package pairing

import (
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type memory struct {
	doc []byte
	err error
}

func (m *memory) Load() ([]byte, error) { return m.doc, nil }
func (m *memory) Save(doc []byte) error {
	if m.err == nil {
		m.doc = doc
	}
	return m.err
}

func begin(m *memory) *Pairing { return New(m, func() {}, slog.New(slog.DiscardHandler)) }

func TestAPhonePairsOnceWithTheCodeAndStaysPaired(t *testing.T) {
	m := &memory{}
	p := begin(m)
	code, _ := p.NewCode()
	assert.Regexp(t, `^\d{6}$`, code)
	session, err := p.Pair(" "+code[:3]+" "+code[3:]+" ", "\u202eSafari \u200b on iPhone\n")
	require.NoError(t, err)
	assert.True(t, p.Valid(session))
	assert.False(t, p.Valid("another"))
	_, err = p.Pair(code, "a second phone")
	require.ErrorIs(t, err, ErrWrongCode, "a code works once")
	assert.NotContains(t, string(m.doc), session, "only its hash is stored")

	p = begin(m)
	assert.True(t, p.Valid(session), "after a restart")
	phones := p.Phones()
	require.Len(t, phones, 1)
	assert.Equal(t, "Safari on iPhone", phones[0].Name)
	require.NoError(t, p.Remove(phones[0].ID))
	assert.False(t, p.Valid(session))
	require.ErrorIs(t, p.Remove(phones[0].ID), ErrUnknown)
}

func TestACodeCannotBeGuessed(t *testing.T) {
	p := begin(&memory{})
	code, _ := p.NewCode()
	wrong := strings.Map(func(r rune) rune { return '0' + (r-'0'+1)%10 }, code)
	for range maxTries {
		_, err := p.Pair(wrong, "")
		require.ErrorIs(t, err, ErrWrongCode)
	}
	_, err := p.Pair(code, "")
	require.ErrorIs(t, err, ErrWrongCode, "the right one comes too late")
	require.EqualError(t, err, `this code cannot be used any more; click "New code" in the Gridwall window`)
	shown, _ := p.Code()
	assert.Empty(t, shown)
	_, err = p.Pair("", "")
	require.ErrorIs(t, err, ErrWrongCode)
}

func TestCodesAndSessionsExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := begin(&memory{})
		code, ends := p.NewCode()
		assert.Equal(t, CodeLife, time.Until(ends))
		time.Sleep(CodeLife)
		_, err := p.Pair(code, "")
		require.ErrorIs(t, err, ErrWrongCode)
		code, _ = p.NewCode()
		session, err := p.Pair(code, "")
		require.NoError(t, err)
		time.Sleep(time.Hour)
		assert.True(t, p.Valid(session))
		assert.WithinDuration(t, time.Now(), p.Phones()[0].SeenAt, time.Second)
		time.Sleep(Lifetime)
		assert.False(t, p.Valid(session))
		assert.Empty(t, p.Phones())
	})
}

func TestACodeThatIsNoLongerValidIsAnnounced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var changes atomic.Int32
		p := New(&memory{}, func() { changes.Add(1) }, slog.New(slog.DiscardHandler))
		p.NewCode()
		for range maxTries + 1 {
			assert.Zero(t, changes.Load())
			_, err := p.Pair("wrong", "")
			require.ErrorIs(t, err, ErrWrongCode)
			if shown, _ := p.Code(); shown == "" {
				break
			}
		}
		assert.EqualValues(t, 1, changes.Load(), "after the last try")
		time.Sleep(CodeLife + time.Second)
		synctest.Wait()
		assert.EqualValues(t, 1, changes.Load(), "once")

		p.NewCode()
		time.Sleep(CodeLife - time.Second)
		p.NewCode()
		time.Sleep(time.Minute)
		synctest.Wait()
		assert.EqualValues(t, 1, changes.Load(), "the new code has its own time")
		time.Sleep(CodeLife)
		shown, _ := p.Code()
		assert.Empty(t, shown)
		synctest.Wait()
		assert.EqualValues(t, 2, changes.Load(), "after it has expired")

		code, _ := p.NewCode()
		_, err := p.Pair(code, "")
		require.NoError(t, err)
		time.Sleep(CodeLife)
		synctest.Wait()
		assert.EqualValues(t, 3, changes.Load(), "a code that was used does not expire")
	})
}

func TestTheOldestOfTooManyPhonesIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := begin(&memory{})
		var first string
		for i := range maxPhones + 1 {
			code, _ := p.NewCode()
			session, err := p.Pair(code, "")
			require.NoError(t, err)
			if i == 0 {
				first = session
			}
			time.Sleep(time.Minute)
		}
		assert.Len(t, p.Phones(), maxPhones)
		assert.False(t, p.Valid(first))
	})
}

func TestAPhoneThatCannotBeStoredIsNotListedAndMayTryAgain(t *testing.T) {
	m := &memory{err: errors.New("the disk is full")}
	p := begin(m)
	code, _ := p.NewCode()
	_, err := p.Pair(code, "")
	require.ErrorIs(t, err, m.err)
	assert.Empty(t, p.Phones(), "it has no session")
	m.err = nil
	_, err = p.Pair(code, "")
	require.NoError(t, err)
	assert.Len(t, p.Phones(), 1)
}
