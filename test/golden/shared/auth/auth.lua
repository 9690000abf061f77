-- Stands in for a real auth service: it knows one token.

function envoy_on_request(handle)
  local authorization = handle:headers():get("authorization")
  if authorization == "Bearer alice" then
    handle:respond({ [":status"] = "200", ["x-auth-user"] = "alice" }, "")
  elseif authorization == nil then
    handle:respond({ [":status"] = "401", ["www-authenticate"] = "Bearer" }, "a token is required\n")
  else
    handle:respond({ [":status"] = "403" }, "this token is not valid\n")
  end
end
