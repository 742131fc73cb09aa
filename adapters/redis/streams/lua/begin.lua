-- Opens an epoch of a topic of state, with the snapshot that it begins with.
-- KEYS[3]: the snapshot. ARGV: chance, records. Gives the epoch.
local h = read_head()
if h.kind and h.kind ~= 'state' then return redis.error_reply('WRONGKIND the topic is one of events') end
local epoch = begin('state', ARGV[1], h)
of_type(KEYS[3], 'hash')
redis.call('HSET', KEYS[3], 'epoch', epoch, 'seq', '0', 'data', ARGV[2])
return epoch
