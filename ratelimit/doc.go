// Package ratelimit keeps requests within an account's rate.
//
// Two gates stand one behind the other. The Bucket is local and cheap: whoever waits there has begun
// nothing. Take is the arithmetic of the shared limit: the ledger keeps one number for each account
// and advances it in the transaction that begins an attempt, so that all processes of an account
// share the rate and a restart gets no fresh burst. Depart keeps apart what has a slot but was kept
// waiting by a slow disk, and Bucket.Leave what was kept waiting by a slow connection.
package ratelimit
