-- Posts declarations, each under a reference of its own. Arguments: token, name, pause in ms, file...
local bodies, token, name, pause = {}, nil, nil, 0
local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

function init(args)
  token, name, pause = args[1], args[2], tonumber(args[3])
  for i = 4, #args do
    local file = io.open(args[i], "rb")
    local text = file:read("*a")
    file:close()
    local from, to = text:find("@LRN@", 1, true)
    bodies[#bodies + 1] = { text:sub(1, from - 1), text:sub(to + 1) }
  end
  counter = 0
  refused = 0
end

function request()
  counter = counter + 1
  local body = bodies[counter % #bodies + 1]
  return wrk.format("POST", "/customs/declarations/", {
    ["Authorization"] = "Bearer " .. token,
    ["Accept"] = "application/vnd.hmrc.3.0+xml",
    ["Content-Type"] = "application/xml; charset=UTF-8",
  }, body[1] .. name .. number .. "-" .. counter .. body[2])
end

function delay()
  return pause
end

function done(summary, latency, requests)
  io.write(string.format(
    "JSON {\"requests\": %d, \"seconds\": %f, \"status\": %d, \"broken\": %d, \"p50\": %f, \"p90\": %f, \"p99\": %f, \"max\": %f}\n",
    summary.requests, summary.duration / 1e6, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(90) / 1000, latency:percentile(99) / 1000, latency.max / 1000))
end
