import asyncio, random, sys, urllib.request, time, json, re, subprocess, os, collections
# root.py DIR ENVOY N SEED
d, envoy, N, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
S = 60
text = open(d + "/envoy-bootstrap.yml").read()
i = text.index("- name: envoy.bootstrap.wasm"); j = text.index("# Lets a cluster reach")
service = text[i:j]
def cfg(k): return json.dumps({"refresh_cluster": "refresh", "refresh_path": f"/s/{k}", "refresh_period_ms": 100, "refresh_timeout_ms": 100})
services = "".join(re.sub(r"value: \|\n(?: {10}.*\n)+", lambda m: "value: " + json.dumps(cfg(k)) + "\n", service).replace("vm_id: envoy-filter-name", f"vm_id: fuzz-{k}") for k in range(S))
text = text[:i] + services + text[j:]
text = text.replace("                  vm_id: envoy-filter-name", "                  vm_id: fuzz-0")
seen = collections.Counter(); last = {}; kinds = collections.Counter(); late = []
def js(r):
    return r.choice([b"{", b"[" * 3000, b'{"a":' * 800, b"null", b'{"greeting": 1}', b'{"greeting": ""}', b'{"greeting": "a\\u0000b"}', b'{"greeting": "\\ud800"}', b'{"greeting": "\xff"}', b'{"greeting": "x", "greeting": {}}', b'1e999', b'{"greeting":"' + b"y" * r.randrange(9000) + b'"}', r.randbytes(r.randrange(200)), b'["Hi"]'])
async def serve(reader, writer):
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        path = head.split(b" ")[1].decode(); n = sum(seen.values()); seen[path] += 1; last[path] = time.time()
        r = random.Random(seed * 7919 + n)
        kind = r.choice(["good", "good", "json", "status", "raw", "cut", "chunked", "close", "hang", "late", "weird", "big"]); kinds[kind] += 1
        def http(status, body, extra=b""): return b"HTTP/1.1 %s x\r\n%sconnection: close\r\ncontent-length: %d\r\n\r\n" % (status, extra, len(body)) + body
        good = json.dumps({"greeting": "Good " + "".join(chr(r.choice([65, 0xe9, 0x20ac, 0x1f600, 0x22])) for _ in range(r.randrange(20)))}).encode()
        if kind == "good": out = http(b"200", good)
        elif kind == "json": out = http(b"200", js(r))
        elif kind == "status": out = http(r.choice([b"500", b"404", b"204", b"304", b"999", b"100", b"101", b"301"]), good)
        elif kind == "raw": out = r.randbytes(r.randrange(300))
        elif kind == "cut": f = http(b"200", good); out = f[:r.randrange(len(f))]
        elif kind == "chunked": out = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n" + b"%x\r\n%s\r\n" % (len(good), good) + r.choice([b"0\r\n\r\n", b"0\r\nx-trailer: \xff\r\n\r\n", b"", b"zz\r\n"])
        elif kind == "close": out = b""
        elif kind in ("hang", "late"): await asyncio.sleep(.15); out = http(b"200", good) if kind == "late" else b""
        elif kind == "weird": out = http(b"200", good, b"x: \xff\xfe\r\n:status: 500\r\n" if r.random() < .3 else b"x-a: " + bytes(r.randrange(32, 256) for _ in range(50)).replace(b"\x7f", b"") + b"\r\n")
        elif kind == "big": out = http(b"200", b'{"greeting":"' + b"z" * r.choice([4000, 5000, 3000000]) + b'"}')
        writer.write(out); await writer.drain()
    except Exception: pass
    finally:
        writer.close()
bad = []; codes = collections.Counter()
async def requests(port, n, base):
    r = random.Random(seed * 31 + base)
    reader = writer = None
    for k in range(n):
        if writer is None: reader, writer = await asyncio.open_connection("127.0.0.1", port)
        raw = bytes(b for b in r.randbytes(r.randrange(60)) if b >= 32 and b != 127).strip(b" ")
        host = r.choice([b"a.example", b"x:1", bytes(b for b in r.randbytes(8) if 97 <= b <= 122) or b"h"])
        extra = r.choice([b"x-hello: " + raw + b"\r\n", b"x-raw: " + raw + b"\r\n"])
        writer.write(r.choice([b"GET", b"DELETE"]) + b" /h?%d HTTP/1.1\r\nhost: " % k + host + b"\r\n" + extra + b"\r\n"); await writer.drain()
        head = await reader.readuntil(b"\r\n\r\n"); code = head.split(b" ")[1].decode(); codes[code] += 1
        m = re.search(rb"content-length: (\d+)", head)
        if m: body = await reader.readexactly(int(m[1]))
        else:
            body = b""
            while True:
                l = int(await reader.readline(), 16); body += await reader.readexactly(l); await reader.readline()
                if l == 0: break
        if code == "200":
            h = json.loads(body)["headers"].get("x-hello", "").encode("latin1").decode("utf-8", "replace")
            if not (h.startswith(("Good ", "Hello world", "z", "y", "x ")) and h.endswith(" from " + host.decode())): bad.append(h[:80])
        else: bad.append((code, extra))
        if b"connection: close" in head: writer.close(); writer = None
async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=1 << 20, backlog=512); rp = server.sockets[0].getsockname()[1]
    cfgtext = text.replace("port_value: 8081 } } # REFRESH_PORT", f"port_value: {rp} }} }}").replace("port_value: 8081 }", "port_value: 0 }").replace("port_value: 8080 }", "port_value: 23180 }").replace("port_value: 19000 }", "port_value: 23119 }")
    path = d + "/build/fuzz.yml"; open(path, "w").write(cfgtext)
    log = open("r.log", "wb")
    e = await asyncio.create_subprocess_exec(envoy, "--disable-hot-restart", "--concurrency", "2", "-l", "error", "--component-log-level", "wasm:info", "-c", path, cwd=d, stdout=log, stderr=log)
    def rss(): return int(next(l for l in open(f"/proc/{e.pid}/status") if l.startswith("VmRSS")).split()[1])
    try:
        for _ in range(200):
            await asyncio.sleep(.1)
            try: c = await asyncio.open_connection("127.0.0.1", 23180); c[1].close(); break
            except OSError: pass
        await asyncio.sleep(1); t0 = time.time(); print("rss", rss())
        async def load():
            k = 0
            while sum(seen.values()) < N or k * 1000 < N:
                await asyncio.gather(*(requests(23180, 125, k * 8 + b) for b in range(8))); k += 1
                if k % 4 == 1 or True: print(k * 1000, "requests", sum(seen.values()), "answers", "rss", rss(), f"{time.time()-t0:.0f}s", flush=True)
                if k * 1000 >= N: await asyncio.sleep(1)
                if e.returncode is not None: print("ENVOY GONE"); break
        await asyncio.wait_for(load(), 300)
        await asyncio.sleep(2)
        now = time.time(); alive = [p for p in last if now - last[p] < 1.5]
        print("services alive", len(alive), "of", S, "kinds", dict(kinds)); print("codes", dict(codes), "BAD", len(bad), bad[:5])
        out = await asyncio.to_thread(lambda: urllib.request.urlopen("http://127.0.0.1:23119/stats?filter=wasm").read().decode()); print(out)
        print("rss", rss())
    finally:
        if e.returncode is None: e.kill()
        await e.wait()
asyncio.run(main())
