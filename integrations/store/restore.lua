-- Puts one document of a backup back, with its steps. Running it again changes nothing.
-- KEYS: document, due, ids of the noun
-- ARGV: id, version, names of writes, steps, body, when it expires in Unix milliseconds
--       (0 = never), then for every step its time and its member
redis.call('HSET', KEYS[1], 'v', ARGV[2], 'w', ARGV[3], 'steps', ARGV[4], 'body', ARGV[5])
redis.call('SADD', KEYS[3], ARGV[1])
for i = 7, #ARGV, 2 do redis.call('ZADD', KEYS[2], ARGV[i], ARGV[i + 1]) end
if tonumber(ARGV[6]) > 0 then redis.call('PEXPIREAT', KEYS[1], ARGV[6]) end
return 1
