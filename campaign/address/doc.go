// Package address reads what a cell says as a phone number, an e-mail address or a chat id, and masks it
// for logs. A number goes to nobody else: what can be read as two numbers is refused.
package address
