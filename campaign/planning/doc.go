// Package planning turns the rows of a file into messages, and says what would become of them: addresses
// normalised, values checked, duplicates out, everything counted. It decides and writes nothing down.
package planning
