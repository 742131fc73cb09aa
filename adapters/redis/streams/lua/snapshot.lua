-- Replaces the snapshot, if it is of this epoch.
-- KEYS[3]: the snapshot. ARGV: epoch, seq, records.
local h = read_head()
if h.epoch ~= ARGV[1] or tonumber(h.seq) < tonumber(ARGV[2]) then return 'fenced' end
redis.call('HSET', KEYS[3], 'epoch', ARGV[1], 'seq', ARGV[2], 'data', ARGV[3])
return 'ok'
