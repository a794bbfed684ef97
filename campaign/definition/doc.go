// Package definition reads what people write: the campaign file and siaran.yaml. Both are YAML, read
// strictly: a key nobody knows, a value that cannot be, a variable that is not set are errors with
// file, line and what was meant; several are told at once.
//
// What comes out are campaign's types with every default filled in, so that nothing behind this
// package knows YAML.
//
// Why the YAML is walked as nodes and not decoded into structs: the decoder's messages name Go types,
// its line numbers get lost where a value is right in kind but wrong in sense, and a number such as
// 586.33 would pass through a float. A node keeps its text as written and its line.
package definition
