/*
 * What no header may hold that the gateway writes, one character a byte: it would end the line early, or be another
 * byte on the wire, a line break even.
 */
export const ODD_VALUE = /[^\t\x20-\x7e\x80-\xff]/
export const ODD_NAME = /[^!#$%&'*+\-.^_`|~\w]/
