// Package sandeza speaks to Sprint Asia's Sandeza, both ways: a campaign becomes request bodies for
// {Base URL Send}/json/send/cgw, an answer becomes a campaign.Answer, and a receipt that Sprint posts
// becomes a campaign.Receipt.
//
// Sprint publishes tables of keys and hardly a sample, so some spellings are decisions. They stand in
// spelling.go, each with its source; nothing else in the package has an opinion.
//
// # Why a value is rejected here and not by the gateway
//
// Sprint names no way to escape the separators of its text formats, and WhatsApp refuses line breaks,
// tabs and long runs of blanks in a value. What cannot be said rejects its row before anything is sent,
// with the column and a way out; what no row of the campaign can say is an error of New.
package sandeza
