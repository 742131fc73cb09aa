-- Appends a change, if nobody has come between: this comparison is the fence.
-- ARGV: epoch, seq before, seq after, change, the id from which on entries are kept
-- or "". Gives "ok", also for what it has done before, or "fenced".
local h = read_head()
if h.epoch ~= ARGV[1] then return 'fenced' end
if h.seq == ARGV[3] then return 'ok' end -- the answer to the first attempt was lost
if h.seq ~= ARGV[2] then return 'fenced' end
local id, time = h.ms .. '-' .. ARGV[3], string.format('%.0f', now())
local done
if ARGV[5] == '' then
  done = redis.call('XADD', log, 'NOMKSTREAM', id, 'e', h.epoch, 't', time, 'd', ARGV[4])
else
  done = redis.call('XADD', log, 'NOMKSTREAM', 'MINID', '=', ARGV[5], id, 'e', h.epoch, 't', time, 'd', ARGV[4])
end
if not done then return 'fenced' end -- the log is gone, the head is not
redis.call('HSET', head, 'seq', ARGV[3])
return 'ok'
