-- Answers with JSON that holds secrets: /user with a little, /large with 2 MiB. All else is left to echo.lua.

dofile("echo.lua")
local echo = envoy_on_request

local user = [[
{
  "name": "alice",
  "password": "hunter2",
  "sessions": [
    { "device": "phone", "token": "eyJhbGciOiJIUzI1NiJ9" },
    { "device": "laptop", "token": { "id": 1, "key": "s3cr3t" } }
  ]
}
]]

local bodies = {
  ["/user"] = user,
  ["/large"] = "[" .. string.rep(user .. ",", 10000) .. "null]",
}

function envoy_on_request(handle)
  local body = bodies[handle:headers():get(":path")]
  if body == nil then return echo(handle) end
  handle:respond({ [":status"] = "200", ["content-type"] = "application/json" }, body)
end
