-- Answers those ids whose documents are still there, and takes the others out of the set.
-- KEYS: ids of the noun, then the document of every id.  ARGV: the ids
local living = {}
for i, id in ipairs(ARGV) do
  if redis.call('HEXISTS', KEYS[i + 1], 'v') == 1 then
    living[#living + 1] = id
  else
    redis.call('SREM', KEYS[1], id)
  end
end
return living
