-- Says what is wrong with a topic, "" for nothing. What the scripts write fits, so what
-- does not was written, or taken away, by others. KEYS[3]: the snapshot.
if redis.call('EXISTS', head) == 0 then return '' end
local h = read_head()
if not h.epoch then return 'the head is not what Skygate writes' end
local newest = redis.pcall('XREVRANGE', log, '+', '-', 'COUNT', 1)
if newest.err then return 'the log is no stream' end
local want, is = h.ms .. '-' .. h.seq, newest[1] and newest[1][1] or 'nowhere'
if is ~= want then return 'the head says that the log ends at ' .. want .. ', and it ends at ' .. is end
if h.kind ~= 'state' then return '' end
local s = redis.pcall('HMGET', KEYS[3], 'epoch', 'seq')
if s.err then return 'the snapshot is no hash' end
if s[1] ~= h.epoch or not s[2] or not string.match(s[2], '^%d+$') or tonumber(s[2]) > tonumber(h.seq) then
  return 'the snapshot is not of the epoch, or there is none'
end
return ''
