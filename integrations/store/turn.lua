-- Takes the next turn of a line.
-- KEYS: line, a list of the moments of its turns, newest first.
-- ARGV: not before, longest wait (-1 = any), both in microseconds from now; then for every
--       limit how many turns, and in how many microseconds; with no limit and nothing to wait
--       for, nothing is written down
-- Answers the microseconds until the turn; if that is more than the longest wait, nobody has it.
local line, floor, within = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

local turn = math.max(now + floor, tonumber(redis.call('LINDEX', line, 0) or 0))
local most, keep = 0, 0
for i = 3, #ARGV, 2 do
  local n, stretch = tonumber(ARGV[i]), tonumber(ARGV[i + 1])
  turn = math.max(turn, tonumber(redis.call('LINDEX', line, n - 1) or 0) + stretch)
  most, keep = math.max(most, n), math.max(keep, stretch)
end
local wait = math.ceil(turn - now)
if (within >= 0 and wait > within) or (most == 0 and floor == 0) then return wait end

redis.call('LPUSH', line, string.format('%.0f', turn))
if most > 0 then redis.call('LTRIM', line, 0, most - 1) end
redis.call('PEXPIRE', line, string.format('%.0f', math.max(redis.call('PTTL', line), math.ceil((wait + keep) / 1000) + 1)))
return wait
