package planning

import (
	"context"
	"iter"

	"golang.org/x/sync/errgroup"
)

// batchSize is how many items one goroutine takes at a time: enough that handing over costs nothing.
const batchSize = 128

// inOrder applies f to every item of in on n goroutines and yields the results in in's order. It holds
// at most a few batches at a time. An error of in, or of ctx, ends the sequence after the results before it.
func inOrder[T, U any](ctx context.Context, in iter.Seq2[T, error], n int, f func(T) U) iter.Seq2[U, error] {
	type batch struct {
		items []T
		err   error
		done  chan []U
	}
	return func(yield func(U, error) bool) {
		ctx, stop := context.WithCancel(ctx)
		var g errgroup.Group
		defer func() { stop(); _ = g.Wait() }() // every goroutine returns nil
		work, queue := make(chan batch), make(chan batch, 2*n)

		send := func(b batch) bool {
			select {
			case queue <- b:
			case <-ctx.Done():
				return false
			}
			select {
			case work <- b:
				return true
			case <-ctx.Done():
				return false
			}
		}
		g.Go(func() error {
			defer close(work)
			defer close(queue)
			items := make([]T, 0, batchSize)
			for item, err := range in {
				if err != nil {
					send(batch{items: items, err: err, done: make(chan []U, 1)})
					return nil
				}
				if items = append(items, item); len(items) == batchSize {
					if !send(batch{items: items, done: make(chan []U, 1)}) {
						return nil
					}
					items = make([]T, 0, batchSize)
				}
			}
			send(batch{items: items, done: make(chan []U, 1)})
			return nil
		})
		for range n {
			g.Go(func() error {
				for b := range work {
					out := make([]U, len(b.items))
					for i, item := range b.items {
						out[i] = f(item)
					}
					b.done <- out
				}
				return nil
			})
		}
		var zero U
		for b := range queue {
			var out []U
			select {
			case out = <-b.done:
			case <-ctx.Done():
				yield(zero, ctx.Err())
				return
			}
			for _, u := range out {
				if !yield(u, nil) {
					return
				}
			}
			if b.err != nil {
				yield(zero, b.err)
				return
			}
		}
		if err := ctx.Err(); err != nil {
			yield(zero, err)
		}
	}
}
