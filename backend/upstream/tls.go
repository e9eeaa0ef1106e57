package upstream

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"time"
)

// firstHandshake bounds the first TLS handshake with a host. Some paths drop the greater hello of post-quantum keys
// (X25519MLKEM768) without a word; a host that was silent for so long is asked in the older way. That is done without
// waiting from the second time in a row on.
const firstHandshake = 2500 * time.Millisecond

// TLSError says why no encrypted connection came about. It is not a refusal: no token helps.
type TLSError struct {
	Host string
	// Why says what happened, and what may help.
	Why string
}

func (e *TLSError) Error() string { return "TLS with " + e.Host + " failed: " + e.Why }

// dialTLS connects to address (HOST:PORT) and shakes hands. A host that does not complete a handshake of today is
// tried once more as browsers did it before: with the classic curves, and with RSA key exchange and CBC suites, which
// Go leaves out, for old servers have nothing else.
func (g *guarded) dialTLS(ctx context.Context, _, address string) (net.Conn, error) {
	return g.secure(ctx, address, []string{"h2", "http/1.1"})
}

func (g *guarded) secure(ctx context.Context, address string, protocols []string) (*tls.Conn, error) {
	old := g.classic.has(address)
	conn, err := g.handshake(ctx, address, protocols, old)
	var failed *handshakeError
	if err == nil || !errors.As(err, &failed) {
		if err == nil {
			g.silent.remove(address)
		}
		return conn, err
	}
	if old { // it may speak the newer way by now
		g.classic.remove(address)
	}
	if !old && failed.mayBeOld() && ctx.Err() == nil {
		conn, again := g.handshake(ctx, address, protocols, true)
		if again == nil {
			// A host that was slow, or began again, at this moment speaks the newer way the next time.
			if failed.spoken() || g.silent.has(address) {
				g.classic.add(address)
			} else {
				g.silent.add(address)
			}
			return conn, nil
		}
		errors.As(again, &failed) // what the older way came to says more, unless it did not come so far
	}
	return nil, failed.plain(address)
}

// handshakeError is an error of the handshake alone: the host was reached.
type handshakeError struct{ err error }

func (e *handshakeError) Error() string { return e.err.Error() }
func (e *handshakeError) Unwrap() error { return e.err }

func (g *guarded) handshake(ctx context.Context, address string, protocols []string, old bool) (*tls.Conn, error) {
	raw, err := g.reach(ctx, address)
	if err != nil {
		return nil, err
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		raw.Close()
		return nil, err
	}
	config := &tls.Config{}
	if g.rt.TLSClientConfig != nil {
		config = g.rt.TLSClientConfig.Clone()
	}
	config.NextProtos = protocols
	if config.ServerName == "" {
		config.ServerName = strings.TrimSuffix(host, ".")
	}
	limit := firstHandshake
	if old {
		limit = tlsTimeout
		config.CurvePreferences = []tls.CurveID{tls.X25519, tls.CurveP256, tls.CurveP384, tls.CurveP521}
		config.CipherSuites = suites
	}
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	conn := tls.Client(raw, config)
	if err := conn.HandshakeContext(limited); err != nil {
		raw.Close()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, &handshakeError{err}
	}
	return conn, nil
}

// suites are those of TLS 1.2 that browsers still offer, RSA key exchange among them; RC4 and 3DES are not.
var suites = func() (ids []uint16) {
	for _, s := range tls.CipherSuites() {
		ids = append(ids, s.ID)
	}
	for _, s := range tls.InsecureCipherSuites() {
		if !strings.Contains(s.Name, "RC4") && !strings.Contains(s.Name, "3DES") {
			ids = append(ids, s.ID)
		}
	}
	return ids
}()

// mayBeOld reports whether the older way may help: it cannot where a certificate is wrong, or where no TLS is spoken.
func (e *handshakeError) mayBeOld() bool {
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	return !errors.As(e.err, &certificate) && !errors.As(e.err, &record)
}

// spoken reports whether one of the two said why: the host answered and there is nothing in common. A silence, or a
// connection that is closed, says nothing yet.
func (e *handshakeError) spoken() bool {
	return strings.HasPrefix(e.err.Error(), "remote error: tls: ") || strings.HasPrefix(e.err.Error(), "tls: ")
}

// plain is the error in the user's words. A certificate's says itself what is wrong.
func (e *handshakeError) plain(address string) error {
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	alert, alerted := strings.CutPrefix(e.err.Error(), "remote error: tls: ") // its type is crypto/tls's own
	why := "it broke off the handshake"
	switch {
	case errors.As(e.err, &certificate):
		return fmt.Errorf("TLS with %s failed: %w", address, e.err)
	case errors.As(e.err, &record):
		why = "it does not speak TLS there; try http:// instead of https://"
	case alert == "handshake failure" || alert == "protocol version not supported" || alert == "insufficient security level":
		why = "no protocol or cipher in common; Gridwall speaks TLS 1.2 and 1.3, with RSA key exchange too, and without RC4 and 3DES"
	case alerted:
		why = "it answered: " + alert
	case errors.Is(e.err, context.DeadlineExceeded):
		why = "no answer to the handshake, with and without post-quantum keys; something on the way may drop it"
	case errors.Is(e.err, io.EOF), errors.Is(e.err, io.ErrUnexpectedEOF), errors.Is(e.err, syscall.ECONNRESET):
		why = "it closed the connection during the handshake"
	case strings.HasPrefix(e.err.Error(), "tls: "):
		why = strings.TrimPrefix(e.err.Error(), "tls: ")
	}
	return &TLSError{Host: address, Why: why}
}
