import logging; logging.disable(50)
import asyncio, random, socket, struct, sys, urllib.request, time
port, admin, pid, N, seed = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5])
P = b"EVIL"
def stats(f): return dict(l.split(": ") for l in urllib.request.urlopen(f"http://127.0.0.1:{admin}/stats?filter={f}").read().decode().splitlines())
def rss(): return int(next(l for l in open(f"/proc/{pid}/status") if l.startswith("VmRSS")).split()[1])
count = dict(denied=0, echoed=0, half=0, reset=0, other=0); bad = []
async def one(i, sem):
    async with sem:
        r = random.Random(seed * 1000003 + i)
        kind = r.choice(["deny", "like", "random", "random", "big", "half", "reset", "silent"])
        body = r.randbytes(r.choice([1, 2, 3, 4, 5, 100, 5000]))
        if kind == "deny": body = P + r.randbytes(r.randrange(3))
        if kind == "like": body = P[:r.randrange(4)] + r.choice([b"\0", b"\xff", b"e", b"\n"]) + body
        if kind == "big": body = r.randbytes(200000)
        if kind in ("half", "reset"): body = P[:r.randrange(5)] + r.choice([b"", body])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        sock = writer.get_extra_info("socket"); sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        me = "%s:%d" % sock.getsockname()
        hello = f"Hello world from {me}\n".encode()
        is_denied = body.startswith(P)
        async def send():
            left = body
            while left:
                n = r.choice([1, 1, 2, 3, len(left)]) if len(left) < 200 else r.choice([1, len(left)])
                writer.write(left[:n]); left = left[n:]
                if r.random() < .5: await asyncio.sleep(r.choice([0, 0.001, 0.003]))
            await writer.drain()
        try:
            if kind == "silent": pass
            else: 
                s = asyncio.create_task(send())
                if kind == "half":
                    await s; writer.write_eof()
                    got = await asyncio.wait_for(reader.read(), 20); count["half"] += 1
                    if is_denied: count["denied"] += 1
                    if got and not (hello + body).startswith(got): bad.append((i, kind, got[:60]))
                    if is_denied and got: bad.append((i, "denied but", got))
                elif kind == "reset":
                    await s; sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)); count["reset"] += 1
                elif is_denied:
                    try: got = await asyncio.wait_for(reader.read(), 20)
                    except ConnectionError: got = b""
                    count["denied"] += 1
                    if got: bad.append((i, kind, got))
                    try: await s
                    except ConnectionError: pass
                else:
                    try:
                        got = await asyncio.wait_for(reader.readexactly(len(hello + body)), 20)
                        if got != hello + body: bad.append((i, kind, "changed", got[:80]))
                    except Exception as e:
                        # a proper prefix of the denied prefix waits
                        if P.startswith(body) : count["other"] += 1
                        else: bad.append((i, kind, body[:20], repr(e)))
                    count["echoed"] += 1
                    await s
        except Exception as e: 
            if not (is_denied and isinstance(e, OSError)): bad.append((i, kind, repr(e)))
        finally:
            writer.close()
            try: await writer.wait_closed()
            except Exception: pass
async def main():
    sem = asyncio.Semaphore(64)
    for k in range(0, N, 1000):
        t = time.time()
        await asyncio.gather(*(one(i, sem) for i in range(k, min(N, k + 1000))))
        print(k + 1000, f"{time.time()-t:.1f}s", "rss kB", rss(), count, len(bad), flush=True)
print("rss kB", rss()); asyncio.run(main())
time.sleep(1)
print('BAD', bad[:5]); print(stats("wasm"), {k: v for k, v in stats("ingress").items() if "active" in k})
