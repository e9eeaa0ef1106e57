// Package attack holds tests that attack the whole program as strangers would: with hostile streams, pages of other sites,
// clients that send slowly, and people who hold a token. Each runs against the real server and fails where its guard is
// taken away; a comment at each test names the guard. build/attack prints what they measure.
//
// What a guard does in detail is tested where it lives.
package attack
