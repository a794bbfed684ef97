package workbook

import "siaran/campaign"

// A legendLine says what a verdict means, in English and Indonesian.
type legendLine struct{ english, indonesian string }

// legend explains v.
func legend(v campaign.Verdict) legendLine {
	switch v {
	case campaign.VerdictRejected:
		return legendLine{"the row cannot be sent: see its reason", "ditolak: data pada baris ini bermasalah"}
	case campaign.VerdictDuplicate:
		return legendLine{"another row serves this recipient", "ganda: penerima sudah ada di baris lain"}
	case campaign.VerdictSuppressed:
		return legendLine{"the recipient opted out", "diblokir: penerima berhenti berlangganan"}
	case campaign.VerdictExpired:
		return legendLine{"its time ran out before its turn", "kedaluwarsa: batas waktu kirim terlewati"}
	case campaign.VerdictCancelled:
		return legendLine{"the run was cancelled before its turn", "dibatalkan sebelum dikirim"}
	case campaign.VerdictQueued:
		return legendLine{"waits for its turn", "dalam antrean, belum dikirim"}
	case campaign.VerdictRefused:
		return legendLine{"the gateway said no to this row", "ditolak oleh gateway"}
	case campaign.VerdictNotSent:
		return legendLine{"the gateway could not be reached in all tries", "tidak terkirim: gateway tidak dapat dihubungi"}
	case campaign.VerdictUnknown:
		return legendLine{"sent, and no answer came: taken or not", "tidak diketahui: tidak ada jawaban dari gateway"}
	case campaign.VerdictAccepted:
		return legendLine{"the gateway took it; no receipt yet", "diterima gateway, belum ada laporan"}
	case campaign.VerdictPending:
		return legendLine{"on its way", "tertunda, masih dalam proses"}
	case campaign.VerdictSent:
		return legendLine{"left the gateway", "terkirim, belum sampai"}
	case campaign.VerdictDelivered:
		return legendLine{"reached the handset", "sampai di ponsel penerima"}
	case campaign.VerdictRead:
		return legendLine{"was opened", "dibaca penerima"}
	case campaign.VerdictClicked:
		return legendLine{"a link in it was opened", "tautan diklik penerima"}
	case campaign.VerdictUndelivered:
		return legendLine{"did not reach the handset", "gagal sampai ke penerima"}
	}
	return legendLine{}
}

// groupIndonesian names a group in Indonesian.
func groupIndonesian(g campaign.Group) string {
	switch g {
	case campaign.GroupReached:
		return "Sampai"
	case campaign.GroupWaiting:
		return "Menunggu"
	case campaign.GroupNotReached:
		return "Tidak sampai"
	case campaign.GroupNotSent:
		return "Tidak dikirim"
	case campaign.GroupNeedsYou:
		return "Perlu tindakan Anda"
	}
	return ""
}
