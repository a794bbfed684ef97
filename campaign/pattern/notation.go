package pattern

import "time"

// A Notation is how numbers and names of months are written for a reader.
type Notation struct {
	Comma    bool   // 1.250,50 instead of 1,250.50
	Language string // id or en; empty is en
}

// NotationOf returns the notation of numbers ("id" or "en") and names of months ("id" or "en").
func NotationOf(numbers, language string) Notation {
	return Notation{Comma: numbers == "id", Language: language}
}

func (n Notation) marks() (decimal, group byte) {
	if n.Comma {
		return ',', '.'
	}
	return '.', ','
}

// monthNames and dayNames are the names by language, January and Sunday first.
func monthNames(language string) [12]string {
	if language == "id" {
		return [12]string{"Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"}
	}
	return [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
}

func dayNames(language string) [7]string {
	if language == "id" {
		return [7]string{"Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu"}
	}
	return [7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}
}

// MonthName returns the name of a month in id or en.
func MonthName(m time.Month, language string) string { return monthNames(language)[m-1] }
