package rest

import (
	"context"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"gridwall/app/api"
	"gridwall/app/api/fault"
)

// wallResponse is the document of a saved wall, with its revision as ETag.
type wallResponse struct {
	ETag string `header:"ETag" doc:"The wall's revision, for If-Match."`
	Body document
}

// revision converts preconditions (RFC 9110, section 13.1) to the revision for api.PutWall and api.DeleteWall.
func revision(ifMatch, ifNoneMatch string) (string, error) {
	switch match, none := strings.TrimSpace(ifMatch), strings.TrimSpace(ifNoneMatch); {
	case match != "" && none != "":
		return "", fault.Errorf(fault.CodeBadRequest, "send either If-Match or If-None-Match, not both")
	case none != "" && none != "*":
		return "", fault.Errorf(fault.CodeBadRequest, "If-None-Match must be *; If-Match takes an ETag")
	case none != "":
		return "0", nil
	case match == "*":
		return "*", nil
	case match == "":
		return "", nil
	default:
		tag := strings.TrimPrefix(match, "W/")
		if len(tag) < 2 || tag[0] != '"' || tag[len(tag)-1] != '"' || strings.Contains(tag, ",") {
			return "", fault.Errorf(fault.CodeBadRequest, "If-Match must be one quoted ETag, as GET returns it, or *")
		}
		if tag = tag[1 : len(tag)-1]; len(tag) < 2 {
			tag = "none of ours" // never a revision, nor one of the special values "0" and "*"
		}
		return tag, nil
	}
}

func (rt *routes) walls() {
	plain(rt, rt.get("walls", "/api/v1/walls", "The saved walls"), (*api.API).Walls)

	type named struct {
		Name string `path:"name" maxLength:"300" doc:"The wall's name."`
	}
	registerWall(rt, rt.get("wall", "/api/v1/walls/{name}", "A saved wall; its revision is the ETag"),
		func(ctx context.Context, in *named) (api.Wall, error) { return rt.api.Wall(ctx, in.Name) })

	type put struct {
		Name        string `path:"name" maxLength:"300" doc:"The wall's name."`
		IfMatch     string `header:"If-Match" doc:"The ETag of the wall that is replaced or deleted, or * for any."`
		IfNoneMatch string `header:"If-None-Match" doc:"* to fail if a wall of this name exists."`
		Body        document
	}
	registerWall(rt, rt.put("putWall", "/api/v1/walls/{name}", "Save a wall; If-Match names the revision that is replaced (428 without it, 412 if it is stale)"),
		func(ctx context.Context, in *put) (api.Wall, error) {
			seen, err := revision(in.IfMatch, in.IfNoneMatch)
			if err != nil {
				return api.Wall{}, err
			}
			return rt.api.PutWall(ctx, in.Name, seen, api.Layouts(in.Body))
		})

	type remove struct {
		Name    string `path:"name" maxLength:"300" doc:"The wall's name."`
		IfMatch string `header:"If-Match" doc:"The ETag of the wall that is replaced or deleted, or * for any."`
	}
	registerEmpty(rt, rt.delete("deleteWall", "/api/v1/walls/{name}", "Delete a saved wall; If-Match as in PUT"),
		func(ctx context.Context, in *remove) error {
			seen, err := revision(in.IfMatch, "")
			if err != nil {
				return err
			}
			return rt.api.DeleteWall(ctx, in.Name, seen)
		})
}

// registerWall adds a route that returns one saved wall.
func registerWall[I any](rt *routes, op huma.Operation, do func(context.Context, *I) (api.Wall, error)) {
	huma.Register(rt.huma, op, func(ctx context.Context, in *I) (*wallResponse, error) {
		wall, err := do(ctx, in)
		if err != nil {
			return nil, rt.failed(op, err)
		}
		return &wallResponse{ETag: `"` + wall.Revision + `"`, Body: document(wall.Wall)}, nil
	})
}
