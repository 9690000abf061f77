-- Answers with the request's headers as JSON, as httpbin.org/headers does.

-- Header values are bytes; as in httpbin.org, each becomes the Unicode character of that number.
local function json(text)
  return '"' .. text:gsub('[%c"\\\127-\255]', function(c)
    return string.format("\\u%04x", c:byte())
  end) .. '"'
end

function envoy_on_request(handle)
  local values, lines = {}, {}
  for name, value in pairs(handle:headers()) do
    values[name] = values[name] and values[name] .. "," .. value or value
  end
  for name, value in pairs(values) do
    lines[#lines + 1] = "    " .. json(name) .. ": " .. json(value)
  end
  table.sort(lines)
  handle:respond(
    { [":status"] = "200", ["content-type"] = "application/json" },
    '{\n  "headers": {\n' .. table.concat(lines, ",\n") .. "\n  }\n}\n"
  )
end
