-- Goes through a gate if there is a place.
-- KEYS: gate.  ARGV: places, milliseconds to hold, who
-- Answers 0 when inside, else the milliseconds after which the earliest lease ends.
local gate, places, hold, me = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

redis.call('ZREMRANGEBYSCORE', gate, '-inf', string.format('%.0f', now))
if redis.call('ZSCORE', gate, me) then return 0 end -- our answer was lost
if redis.call('ZCARD', gate) >= places then
  local first = redis.call('ZRANGE', gate, 0, 0, 'WITHSCORES')
  return math.max(1, math.ceil(first[2] - now))
end
redis.call('ZADD', gate, string.format('%.0f', now + hold), me)
redis.call('PEXPIRE', gate, math.max(hold, redis.call('PTTL', gate)))
return 0
