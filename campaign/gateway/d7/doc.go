// Package d7 speaks to D7 Networks' WhatsApp API.
package d7
