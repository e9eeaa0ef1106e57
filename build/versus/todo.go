package main

import (
	"context"
	"time"
)

const defaultViewing = 60 * time.Second

func firstByte(context.Context, *bench) error  { return nil }
func atRealPace(context.Context, *bench) error { return nil }
func lowLatency(context.Context, *bench) error { return nil }
