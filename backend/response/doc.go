// Package response judges what a server answered to a request for a playlist, a segment or a key.
//
// What lives here:
//
//	status.go     what a status means: success, refusal, or a fault, which may be transient
//	errors.go     the errors that say so
//	examine.go    what a body is, by its first bytes, and whether that was asked for
//	text.go       reading a playlist, or noticing early that it is something else
//	gzip.go       gzip without a Content-Encoding header
//	ranges.go     which part of a resource an answer holds
//	mediatype.go  under which media type the bytes are passed on
//
// What does not: how a request is made (package httpclient), the forms of media (package media), and what is done about
// an error.
package response
