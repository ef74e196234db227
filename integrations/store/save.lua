-- Writes or deletes one document with its steps, if its version is the expected one.
-- KEYS: document, due, ids of the noun
-- ARGV: expected version, next version, name of this write, id, milliseconds to keep (0 = for
--       ever), body ('' = delete), then for every step its time and its member
-- Answers 1 when it is written (now, or by an earlier run of this very write), 0 when not.
local doc, due, ids = KEYS[1], KEYS[2], KEYS[3]
local expected, new, write, id, keep, body = unpack(ARGV, 1, 6)

local found = redis.call('HMGET', doc, 'v', 'w', 'steps')
local version, writes, steps = found[1] or '0', found[2] or '', found[3] or ''

if string.find(writes, write, 1, true) then return 1 end
if version ~= expected then return 0 end

-- The last four names of writes, 11 characters each: enough to outlive a reply that was lost
-- while others wrote.
writes = write .. ' ' .. string.sub(writes, 1, 35)

-- The first write is one that a full Redis refuses, so that it refuses the whole.
if body ~= '' then
  local members = {}
  for i = 8, #ARGV, 2 do members[#members + 1] = ARGV[i] end
  redis.call('HSET', doc, 'v', new, 'body', body, 'w', writes, 'steps', table.concat(members, '\n'))
  redis.call('SADD', ids, id)
end

for member in string.gmatch(steps, '[^\n]+') do redis.call('ZREM', due, member) end

if body == '' then
  -- The name of the write stays for a minute in case our answer is lost.
  redis.call('SREM', ids, id)
  redis.call('DEL', doc)
  redis.call('HSET', doc, 'w', writes)
  redis.call('PEXPIRE', doc, 60000)
  return 1
end

for i = 7, #ARGV, 2 do redis.call('ZADD', due, ARGV[i], ARGV[i + 1]) end
if tonumber(keep) > 0 then
  redis.call('PEXPIRE', doc, keep)
else
  redis.call('PERSIST', doc)
end
return 1
