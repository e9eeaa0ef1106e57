// Package response judges a server's answer to a request for a playlist, a segment or a key.
//
// What lives here:
//
//	status.go     the meaning of a status: success, refusal, or a fault, which may be transient
//	errors.go     the errors for refusals and faults
//	examine.go    the kind of a body, judged by its first bytes and compared with the expected kind
//	text.go       reading a playlist, or noticing early that it is something else
//	gzip.go       gzip without a Content-Encoding header
//	ranges.go     which part of a resource an answer holds
//	mediatype.go  the media type under which the bytes are passed on
//
// What does not: making requests (package httpclient), the forms of media (package media), and the reaction to an error.
package response
