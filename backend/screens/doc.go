// Package screens knows the pages and windows that show a wall, and passes commands of remotes to them: each screen reports its
// state, and acknowledges each command. Screens that stop reporting are forgotten.
//
// Not here: what a command does (the page), HTTP and events (app/api, app/server), and saved walls (backend/walls).
package screens
