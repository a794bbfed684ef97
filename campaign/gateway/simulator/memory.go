package simulator

import (
	"hash/maphash"
	"maps"
	"sync"
)

// A memory knows every ref_id that came. It keeps a digest of 128 bits of each, so that a million of
// them are some fifty megabytes that the collector need not look into.
type memory struct {
	seeds    [2]maphash.Seed
	mu       sync.Mutex
	seen     map[[2]uint64]visits
	repeated map[string]int
}

type visits struct {
	came  int32
	taken bool
}

func newMemory() *memory {
	return &memory{
		seeds:    [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()},
		seen:     map[[2]uint64]visits{},
		repeated: map[string]int{},
	}
}

func (m *memory) digest(refID string) [2]uint64 {
	return [2]uint64{maphash.String(m.seeds[0], refID), maphash.String(m.seeds[1], refID)}
}

// come notes that refID came, and says how often it has now, and whether it was taken before.
func (m *memory) come(refID string) (times int, taken bool) {
	k := m.digest(refID)
	m.mu.Lock()
	defer m.mu.Unlock()
	v := m.seen[k]
	v.came++
	m.seen[k] = v
	if v.came > 1 {
		m.repeated[string([]byte(refID))] = int(v.came)
	}
	return int(v.came), v.taken
}

// take notes that refID is taken; false if it was before.
func (m *memory) take(refID string) bool {
	k := m.digest(refID)
	m.mu.Lock()
	defer m.mu.Unlock()
	v := m.seen[k]
	if v.taken {
		return false
	}
	v.taken = true
	m.seen[k] = v
	return true
}

// release takes back a take.
func (m *memory) release(refID string) {
	k := m.digest(refID)
	m.mu.Lock()
	defer m.mu.Unlock()
	v := m.seen[k]
	v.taken = false
	m.seen[k] = v
}

func (m *memory) times(refID string) int {
	k := m.digest(refID)
	m.mu.Lock()
	defer m.mu.Unlock()
	return int(m.seen[k].came)
}

func (m *memory) twice() map[string]int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.repeated)
}
