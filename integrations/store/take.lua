-- Takes a token from a bucket. The bucket is one number: the moment when it is full again.
-- KEYS: bucket.  ARGV: microseconds between two tokens, size of the bucket
-- Answers 0 when taken, else the microseconds until there is a token.
local bucket, every, size = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

local full = math.max(now, tonumber(redis.call('GET', bucket) or 0))
local wait = full - now - (size - 1) * every
if wait > 0 then return math.ceil(wait) end
full = full + every
redis.call('SET', bucket, string.format('%.3f', full), 'PX', string.format('%.0f', math.ceil((full - now) / 1000)))
return 0
