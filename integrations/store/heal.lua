-- Mends what asynq cannot, in one queue. KEYS: active list, lease zset, pending list.
-- ARGV: prefix of the task hashes, a lease score long past.
local rescued, dropped = 0, 0
local function orphan(list, id)
  if redis.call('HEXISTS', ARGV[1] .. id, 'msg') == 1 then return false end
  redis.call('LREM', list, 0, id)
  redis.call('ZREM', KEYS[2], id)
  redis.call('DEL', ARGV[1] .. id)
  dropped = dropped + 1
  return true
end
for _, id in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do
  if not orphan(KEYS[1], id) and not redis.call('ZSCORE', KEYS[2], id) then
    redis.call('ZADD', KEYS[2], ARGV[2], id)
    rescued = rescued + 1
  end
end
for _, id in ipairs(redis.call('LRANGE', KEYS[3], 0, -1)) do
  orphan(KEYS[3], id)
end
return {rescued, dropped}
