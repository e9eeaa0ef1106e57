package rest

import (
	"context"

	"gridwall/app/api"
)

func (rt *routes) screens() {
	plain(rt, rt.get("screens", "/api/v1/screens", "The pages and windows that show a wall, with the state of each, and the saved walls that they can open"), (*api.API).Screens)

	type find struct {
		Query string `query:"query" maxLength:"200" doc:"The words to find in a stream's title, quality, group or source; without it, all streams match."`
	}
	register(rt, rt.get("screenStreams", "/api/v1/screens/streams", "Find a stream for a screen to open; addresses are left out"),
		func(ctx context.Context, in *find) (api.ScreenStreamSet, error) {
			return rt.api.ScreenStreams(ctx, in.Query)
		})

	type report struct {
		ID   string `path:"id" maxLength:"40" doc:"The screen's id."`
		Body api.ScreenReport
	}
	register(rt, rt.put("putScreen", "/api/v1/screens/{id}", "Report the state of a screen and acknowledge commands, at least every 15 seconds; for the page of the screen"),
		func(ctx context.Context, in *report) (api.Screen, error) {
			return rt.api.PutScreen(ctx, in.ID, in.Body)
		})

	type leave struct {
		ID   string `path:"id" maxLength:"40" doc:"The screen's id."`
		Page string `query:"page" maxLength:"40" doc:"The page, as in its reports."`
	}
	registerEmpty(rt, rt.delete("deleteScreen", "/api/v1/screens/{id}", "Remove a screen whose page is left; for the page of the screen"),
		func(ctx context.Context, in *leave) error { return rt.api.DeleteScreen(ctx, in.ID, in.Page) })

	plain(rt, rt.get("remoteAccess", "/api/v1/remote", "How phones reach the remote of the window"), (*api.API).RemoteAccess)
	plain(rt, rt.post("pairRemote", "/api/v1/remote/code", "Make a new code with which a phone pairs with the window"), (*api.API).PairRemote)

	type phone struct {
		ID string `path:"id" maxLength:"40" doc:"The phone's id."`
	}
	registerEmpty(rt, rt.delete("unpairRemote", "/api/v1/remote/phones/{id}", "End the access of a paired phone"),
		func(ctx context.Context, in *phone) error { return rt.api.UnpairRemote(ctx, in.ID) })

	type command struct {
		ID   string `path:"id" maxLength:"40" doc:"The screen's id; only, if there is just one screen."`
		Body api.ScreenCommand
	}
	register(rt, rt.post("commandScreen", "/api/v1/screens/{id}/commands", "Let a screen do something; responds with its state when it has done it (504 if it does not answer)"),
		func(ctx context.Context, in *command) (api.Screen, error) {
			return rt.api.CommandScreen(ctx, in.ID, in.Body)
		})
}
