-- Asks Postern whether a password is a login token. Dovecot 2.4 with its package for Lua (Debian: dovecot-auth-lua).
-- The two lines to set:
local URL = "http://127.0.0.1:8080/sso/mail/check"
local KEY_FILE = "/etc/dovecot/postern.key"

local client, authorization

function script_init()
  local file, why = io.open(KEY_FILE, "r")
  if not file then
    -- Dovecot would not start at all if this were a fault of the script: real passwords go on working.
    dovecot.i_error("postern: no key: " .. why)
    return 0
  end
  authorization = "Bearer " .. string.gsub(file:read("l") or "", "[%s%c]", "")
  file:close()
  return 0
end

local function new_client()
  return dovecot.http.client{
    connect_timeout = "500ms",
    request_timeout = "2s",
    request_absolute_timeout = "2500ms",
    request_max_attempts = 1,
    user_agent = "dovecot-lua"
  }
end

local function encoded(text)
  return (string.gsub(text or "", "[^%w._~-]", function(c) return string.format("%%%02X", string.byte(c)) end))
end

function auth_password_verify(request, password)
  if not authorization then
    return dovecot.auth.PASSDB_RESULT_INTERNAL_FAILURE, "postern: no key in " .. KEY_FILE
  end
  client = client or new_client()
  local call = client:request{url = URL, method = "POST"}
  call:add_header("Authorization", authorization)
  call:add_header("Content-Type", "application/x-www-form-urlencoded")
  call:set_payload("user=" .. encoded(request.user) .. "&password=" .. encoded(password)
    .. "&protocol=" .. encoded(request.protocol) .. "&client_ip=" .. encoded(request.remote_ip))
  local answer = call:submit()
  local status = answer:status()
  if status >= 9000 then
    -- No answer. This client would now wait longer from one connection to the next, up to a minute; a new one does not.
    client = nil
    collectgarbage()
  end
  -- Only these very answers say that it is a token of this mailbox, or none: any other page comes from something else.
  local said = answer:payload() or ""
  if status == 200 and string.match(said, '^{"result":"ok","user":"([^"\\]+)"') == string.lower(request.user) then
    return dovecot.auth.PASSDB_RESULT_OK, {}
  end
  if status == 403 and string.find(said, '{"result":"no"', 1, true) == 1 then
    return dovecot.auth.PASSDB_RESULT_NEXT, nil
  end
  return dovecot.auth.PASSDB_RESULT_INTERNAL_FAILURE, "postern: cannot ask at " .. URL .. ": status " .. status
end
