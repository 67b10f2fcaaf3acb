-- For wrk: hits, each with a header of its own value. Arguments: the header's name, and a prefix of the values.
local name, prefix
local hits = 0

function init(arguments)
	name, prefix = arguments[1], arguments[2]
end

function request()
	hits = hits + 1
	return wrk.format("POST", nil, { [name] = prefix .. hits })
end
