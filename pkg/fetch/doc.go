// Package fetch asks for a file, from the web or from disk, as those do who ask for the
// same one again and again:
//
//   - with a condition (ETag, Last-Modified), so that who has nothing new sends nothing;
//   - bounded in bytes, in time, and in redirects;
//   - files or the web, never both: no server can make it read a file. Of files it opens
//     regular ones alone;
//   - unpacking gzip by its first bytes, whatever the answer says of itself;
//   - with an [*Error] that has a reason to count by and a text for people, in which the
//     address does not stand: it may hold a key.
//
// It asks once. When to ask again, and what an answer means, is the business of who asks.
package fetch
