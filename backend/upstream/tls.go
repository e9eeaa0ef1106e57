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

// firstHandshake bounds the first TLS handshake with a host. Some networks silently drop the larger ClientHello of post-quantum
// keys (X25519MLKEM768); then an older handshake is tried. From the second time in a row on, it is tried without waiting.
const firstHandshake = 2500 * time.Millisecond

// TLSError reports why a TLS connection failed. It is not a refusal: a new token does not help.
type TLSError struct {
	Host string
	// Why describes what happened, and what may help.
	Why string
}

func (e *TLSError) Error() string { return "TLS with " + e.Host + " failed: " + e.Why }

// dialTLS connects to address (HOST:PORT) and performs a TLS handshake. If a current handshake fails, it tries an older one, as
// browsers did: with classic curves, and with RSA key exchange and CBC suites, which Go leaves out, because old servers support
// nothing else.
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
	if old { // it may support the current handshake by now
		g.classic.remove(address)
	}
	if !old && failed.mayBeOld() && ctx.Err() == nil {
		conn, again := g.handshake(ctx, address, protocols, true)
		if again == nil {
			// A host that was slow, or restarted, may complete the current handshake next time.
			if failed.spoken() || g.silent.has(address) {
				g.classic.add(address)
			} else {
				g.silent.add(address)
			}
			return conn, nil
		}
		errors.As(again, &failed) // the error of the older handshake is more specific, if it got that far
	}
	return nil, failed.plain(address)
}

// handshakeError is an error of the handshake: the connection was established.
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

// suites are the cipher suites of TLS 1.2 that browsers still offer, including RSA key exchange, without RC4 and 3DES.
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

// mayBeOld reports whether an older handshake may help: it cannot if the certificate is wrong, or the server does not use TLS.
func (e *handshakeError) mayBeOld() bool {
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	return !errors.As(e.err, &certificate) && !errors.As(e.err, &record)
}

// spoken reports whether the host answered that there is nothing in common. Silence, or a closed connection, has no such
// meaning.
func (e *handshakeError) spoken() bool {
	return strings.HasPrefix(e.err.Error(), "remote error: tls: ") || strings.HasPrefix(e.err.Error(), "tls: ")
}

// plain returns the error in plain words. Errors of certificates already are.
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
