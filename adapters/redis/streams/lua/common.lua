-- What every script begins with. KEYS[1] is the log, KEYS[2] its head: a hash of
--   kind   "state" or "events"
--   epoch  as readers know it, "<ms>-<chance>"
--   ms     its time, the first part of the ids of its entries
--   seq    of its newest entry, the second part
--   chain  where the epochs before it ended, "<epoch>/<seq> ...", the newest first
--   run    (events) the server that began it
--   bytes  (events) what its entries take
-- A script is one step for everybody, the replicas included, so head and log agree.
-- (The stream's own last-generated-id says the same, but XINFO copies the first and
-- the last entry to say it.)
local log, head = KEYS[1], KEYS[2]

local function now()
  local t = redis.call('TIME')
  return tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
end

-- The newest id that the log has ever had, when there is no head to tell.
local function last_ms()
  if redis.call('EXISTS', log) == 0 then return 0 end
  local info = redis.call('XINFO', 'STREAM', log)
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then return tonumber(string.match(info[i + 1], '^(%d+)')) end
  end
  return 0
end

-- begin opens an epoch and gives it with its time. It is after all others, whatever
-- the clock of this server says.
local function begin(kind, chance, h)
  local chain, last = '', 0
  if h.epoch then
    chain, last = h.epoch .. '/' .. h.seq, tonumber(h.ms)
    local n = 1
    for older in string.gmatch(h.chain or '', '%S+') do
      if n < 8 then chain = chain .. ' ' .. older end
      n = n + 1
    end
  else
    last = last_ms()
  end
  local time = now()
  local ms = math.max(time, last + 1)
  local epoch = string.format('%.0f-%s', ms, chance)
  local id = string.format('%.0f-0', ms)
  local continues = string.match(chain, '^%S+') or ''
  if kind == 'state' then
    redis.call('XADD', log, 'MINID', '=', id, id, 'e', epoch, 't', string.format('%.0f', time), 'c', continues)
  else
    redis.call('XADD', log, id, 'e', epoch, 't', string.format('%.0f', time), 'c', continues)
  end
  redis.call('HSET', head, 'kind', kind, 'epoch', epoch, 'ms', string.format('%.0f', ms), 'seq', '0', 'chain', chain)
  return epoch, string.format('%.0f', ms), chain
end

local function read_head()
  local v = redis.call('HMGET', head, 'epoch', 'ms', 'seq', 'chain', 'kind', 'run', 'bytes')
  return { epoch = v[1], ms = v[2], seq = v[3], chain = v[4], kind = v[5], run = v[6], bytes = v[7] }
end
