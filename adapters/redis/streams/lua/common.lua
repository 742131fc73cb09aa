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

-- The time of the newest id that the log has ever had.
local function last_ms()
  if redis.call('EXISTS', log) == 0 then return 0 end
  local info = redis.call('XINFO', 'STREAM', log)
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then return tonumber(string.match(info[i + 1], '^(%d+)')) end
  end
  return 0
end

-- of_type deletes what is not of the type that is wanted, and so is nobody's here.
local function of_type(key, want)
  local is = redis.call('TYPE', key).ok
  if is ~= want and is ~= 'none' then redis.call('DEL', key) end
end

-- begin opens an epoch and gives it with its time. It is after all others, whatever
-- the clock of this server says, and after what others than Skygate have put there.
local function begin(kind, chance, h)
  of_type(log, 'stream')
  of_type(head, 'hash')
  local chain, last = '', last_ms()
  if last >= 2^53 - 1 then -- there is no room above it
    redis.call('DEL', log)
    last = 0
  end
  if h.epoch then
    chain, last = h.epoch .. '/' .. h.seq, math.max(last, tonumber(h.ms))
    local n = 1
    for older in string.gmatch(h.chain or '', '%S+') do
      if n < 8 then chain = chain .. ' ' .. older end
      n = n + 1
    end
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

-- read_head gives the head; of one that no Skygate has written nothing, as if there
-- were none.
local function read_head()
  local v = redis.pcall('HMGET', head, 'epoch', 'ms', 'seq', 'chain', 'kind', 'run', 'bytes')
  if v.err then return {} end
  local ms = v[1] and string.match(v[1], '^(%d+)%-[^/%s]+$')
  if not ms or ms ~= v[2] or #ms > 15 or not v[3] or not string.match(v[3], '^%d+$') or #v[3] > 15
    or v[5] ~= 'state' and v[5] ~= 'events' then return {} end
  for older in string.gmatch(v[4] or '', '%S+') do
    if not string.match(older, '^%d+%-[^/%s]+/%d+$') then v[4] = '' break end
  end
  return { epoch = v[1], ms = v[2], seq = v[3], chain = v[4], kind = v[5], run = v[6], bytes = v[7] }
end
