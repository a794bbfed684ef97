package sandeza

// ReceiptKeys are the sets of keys by which a body is known as a receipt of Sandeza's: its own form
// and "Pass Thru" (Sprint's page "Delivery Status"), and a person's answer ("Forward Content WhatsApp").
func ReceiptKeys() [][]string {
	return [][]string{{"status", "channel", "ref_id"}, {"statuses", "messaging_product"}, {"from", "message"}}
}
