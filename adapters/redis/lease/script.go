package lease

import (
	"fmt"

	goredis "github.com/redis/go-redis/v9"
)

// Each script is one step for everybody. Its keys are
//
//	{skygate:aircraft}:lease         who holds the topic, with expiry
//	{skygate:aircraft}:lease:wanted  one who hears well and would write, with expiry
//	{skygate:aircraft}:lease:heard   when one who held it last heard a source, by the
//	                                 server's clock, unix milliseconds
//
// A key that does not expire, or not within the longest time that a lease may last, is
// none of ours and counts for nothing: others have put it there.
var before = fmt.Sprintf(`local lease, wanted, heard = KEYS[1], KEYS[2], KEYS[3]
local function get(key)
  local value = redis.pcall('GET', key)
  return type(value) == 'string' and value
end
local function lasts(key)
  local left = redis.call('PTTL', key)
  return left >= 0 and left <= %d
end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local last = tonumber(string.match(get(heard) or '', '^%%d+$'))
if last and last > now then last = nil end
`, longest.Milliseconds())

var (
	// ARGV: holder, ms of the lease, ms of the wish or "" for who does not hear well.
	// Gives whether it is taken (2: from a key that is none of ours), and how many ms ago
	// a holder heard; -1 is not known.
	takeScript = goredis.NewScript(before + `
local held = lasts(lease)
if held and get(lease) ~= ARGV[1] then
  if ARGV[3] ~= '' then redis.call('SET', wanted, ARGV[1], 'PX', ARGV[3]) end
  return { 0, -1 }
end
if not held and ARGV[3] == '' and lasts(wanted) then return { 0, -1 } end -- who hears goes first
local mends = not held and redis.call('EXISTS', lease) == 1
redis.call('SET', lease, ARGV[1], 'PX', ARGV[2])
redis.call('DEL', wanted)
return { mends and 2 or 1, last and now - last or -1 }`)

	// ARGV: holder, ms of the lease, how many ms ago it heard or "", "deaf" or "".
	// Gives whether it is held; 2 when it was, and is left to one who hears.
	renewScript = goredis.NewScript(before + `
if get(lease) ~= ARGV[1] then return 0 end
if ARGV[3] ~= '' then redis.call('SET', heard, string.format('%.0f', math.max(last or 0, now - ARGV[3]))) end
if ARGV[4] == 'deaf' and lasts(wanted) then
  redis.call('DEL', lease)
  return 2
end
return redis.call('PEXPIRE', lease, ARGV[2])`)

	// ARGV: holder.
	dropScript = goredis.NewScript(before + `
if get(lease) ~= ARGV[1] then return 0 end
return redis.call('DEL', lease)`)
)
