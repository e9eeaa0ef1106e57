// Package rest has the routes of the HTTP API, one for each method of api.API, with their description in OpenAPI.
//
// Not here: who may call a route, and the limits of requests (app/server), the work itself (app/api).
package rest
