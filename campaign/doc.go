// Package campaign holds siaran's nouns, its pure rules and its one loop.
//
// It imports nothing else of siaran's: everything else points here.
package campaign
