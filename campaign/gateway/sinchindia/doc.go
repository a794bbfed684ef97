// Package sinchindia speaks to Sinch India's WhatsApp API (formerly ACL).
package sinchindia
