package server

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"gridwall/app/api"
)

// wallAnswer is a saved wall as it was saved, with its revision as ETag.
type wallAnswer struct {
	ETag string `header:"ETag" doc:"The wall's revision, for If-Match."`
	Body document
}

// revision is what the preconditions of RFC 9110, section 13.1, say in the facade's words.
func revision(ifMatch, ifNoneMatch string) (string, error) {
	switch match, none := strings.TrimSpace(ifMatch), strings.TrimSpace(ifNoneMatch); {
	case match != "" && none != "":
		return "", api.Errorf(api.CodeBadRequest, "If-Match and If-None-Match are both there; one of them is enough")
	case none != "" && none != "*":
		return "", api.Errorf(api.CodeBadRequest, "If-None-Match must be *; If-Match takes an ETag")
	case none != "":
		return "0", nil
	case match == "*":
		return "*", nil
	case match == "":
		return "", nil
	default:
		tag := strings.TrimPrefix(match, "W/")
		if len(tag) < 2 || tag[0] != '"' || tag[len(tag)-1] != '"' || strings.Contains(tag, ",") {
			return "", api.Errorf(api.CodeBadRequest, "If-Match must be one ETag in quotes, as GET answers it, or *")
		}
		if tag = tag[1 : len(tag)-1]; len(tag) < 2 {
			tag = "none of ours" // and none of the facade's words either
		}
		return tag, nil
	}
}

func (rt *routes) walls() {
	register(rt, rt.operation("walls", http.MethodGet, "/api/v1/walls", "The saved walls"),
		func(ctx context.Context, _ *none) (api.WallList, error) { return rt.api.Walls(ctx) })

	type named struct {
		Name string `path:"name" maxLength:"300" doc:"The wall's name."`
	}
	registerWall(rt, rt.operation("wall", http.MethodGet, "/api/v1/walls/{name}", "A saved wall; its revision is the ETag"),
		func(ctx context.Context, in *named) (api.Wall, error) { return rt.api.Wall(ctx, in.Name) })

	type put struct {
		Name        string `path:"name" maxLength:"300" doc:"The wall's name."`
		IfMatch     string `header:"If-Match" doc:"The ETag that was seen, or * for any."`
		IfNoneMatch string `header:"If-None-Match" doc:"* where no wall of this name is to be replaced."`
		Body        document
	}
	registerWall(rt, rt.operation("putWall", http.MethodPut, "/api/v1/walls/{name}", "Save a wall; If-Match names the revision to be replaced (428 without, 412 where it is stale)"),
		func(ctx context.Context, in *put) (api.Wall, error) {
			seen, err := revision(in.IfMatch, in.IfNoneMatch)
			if err != nil {
				return api.Wall{}, err
			}
			return rt.api.PutWall(ctx, in.Name, api.WallChange{Revision: seen, Wall: api.Layouts(in.Body)})
		})

	type remove struct {
		Name    string `path:"name" maxLength:"300" doc:"The wall's name."`
		IfMatch string `header:"If-Match" doc:"The ETag that was seen, or * for any."`
	}
	registerEmpty(rt, rt.operation("deleteWall", http.MethodDelete, "/api/v1/walls/{name}", "Delete a saved wall; If-Match as in PUT"),
		func(ctx context.Context, in *remove) error {
			seen, err := revision(in.IfMatch, "")
			if err != nil {
				return err
			}
			return rt.api.DeleteWall(ctx, in.Name, seen)
		})
}

// registerWall adds a route that answers one saved wall.
func registerWall[I any](rt *routes, op huma.Operation, do func(context.Context, *I) (api.Wall, error)) {
	huma.Register(rt.huma, op, func(ctx context.Context, in *I) (*wallAnswer, error) {
		wall, err := do(ctx, in)
		if err != nil {
			return nil, rt.failed(op, err)
		}
		return &wallAnswer{ETag: `"` + wall.Revision + `"`, Body: document(wall.Wall)}, nil
	})
}
