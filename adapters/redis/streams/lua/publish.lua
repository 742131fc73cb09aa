-- Adds an event, and opens an epoch first where the order so far cannot be relied on:
--   there is none;
--   the log ends before the newest event of who publishes: some are lost;
--   the server is another than before: it may lack what nobody here knows of, and a
--   seq must not be used twice.
-- KEYS[3]: what keeps the event from being told twice. ARGV: chance, event or "" to
-- only open, ms for which KEYS[3] is kept, epoch and seq of the newest event of who
-- publishes or "", its origin or "", the most that is kept: events, bytes, ms.
-- Gives {how, epoch, seq, chain}, where how is "ok", or "before": it was told already,
-- there, or "moved": the epoch is not the one that was named, nothing was added; see what is
-- lost, and come again.
local h = read_head()
if h.kind and h.kind ~= 'events' then return redis.error_reply('WRONGKIND the topic is one of state') end
local first = ARGV[2] ~= '' and redis.call('GET', KEYS[3])
if first then
  local epoch, seq = string.match(first, '^(.*)/(%d+)$')
  return { 'before', epoch, seq, h.chain or '' }
end
local run = ''
local info = redis.pcall('INFO', 'server')
if type(info) == 'string' then run = string.match(info, 'run_id:(%w+)') or '' end

if not h.epoch or h.run ~= run or h.epoch == ARGV[4] and tonumber(h.seq) < tonumber(ARGV[5]) then
  h.epoch, h.ms, h.chain = begin('events', ARGV[1], h)
  h.seq = '0'
  redis.call('HSET', head, 'run', run)
end
if ARGV[4] ~= '' and ARGV[4] ~= h.epoch then return { 'moved', h.epoch, h.seq, h.chain } end
if ARGV[2] == '' then return { 'ok', h.epoch, h.seq, h.chain } end

local time = now()
local seq = string.format('%.0f', tonumber(h.seq) + 1)
local entry = { 'e', h.epoch, 't', string.format('%.0f', time), 'd', ARGV[2] }
if ARGV[6] ~= '' then
  entry[7], entry[8] = 'o', ARGV[6]
end
local wrong = redis.pcall('XADD', log, h.ms .. '-' .. seq, unpack(entry)).err
if wrong then
  -- Unless others have put something above it, or what is there is no log.
  if not (string.find(wrong, 'equal or smaller') or string.find(wrong, 'exhausted') or string.find(wrong, 'WRONGTYPE')) then
    return redis.error_reply(wrong)
  end
  h.epoch, h.ms, h.chain = begin('events', ARGV[1], h)
  redis.call('HSET', head, 'run', run)
  return { 'moved', h.epoch, '0', h.chain }
end
redis.call('SET', KEYS[3], h.epoch .. '/' .. seq, 'PX', ARGV[3])

-- Lets the oldest go that are over the bounds, a few at a time.
local count, bytes = redis.call('XLEN', log), (tonumber(h.bytes or 0) or 0) + #ARGV[2]
for _ = 1, 8 do
  if count <= 1 then break end
  local oldest = redis.call('XRANGE', log, '-', '+', 'COUNT', 1)[1]
  local f = oldest[2]
  if count <= tonumber(ARGV[7]) and bytes <= tonumber(ARGV[8]) and (tonumber(f[4] or 0) or 0) >= time - tonumber(ARGV[9]) then break end
  redis.call('XDEL', log, oldest[1])
  count = count - 1
  if f[5] == 'd' then bytes = bytes - #f[6] end
end
redis.call('HSET', head, 'seq', seq, 'bytes', string.format('%.0f', bytes))
return { 'ok', h.epoch, seq, h.chain }
