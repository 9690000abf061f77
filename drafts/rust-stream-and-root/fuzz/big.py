import socket, sys, threading, time, os
port, pid = int(sys.argv[1]), int(sys.argv[2])
def rss(): return int(next(l for l in open(f"/proc/{pid}/status") if l.startswith("VmRSS")).split()[1])
data = os.urandom(10_000_000); peak = 0; print("before", rss())
for i in range(20):
    c = socket.create_connection(("127.0.0.1", port)); hello = b"Hello world from %s:%d\n" % (c.getsockname()[0].encode(), c.getsockname()[1])
    threading.Thread(target=c.sendall, args=(data,)).start()
    got = bytearray(); t = time.time()
    while len(got) < len(data) + len(hello):
        got += c.recv(65536); peak = max(peak, rss()) if len(got) % 7 == 0 else peak
    assert bytes(got) == hello + data; c.close()
print("after", rss(), "peak", peak, f"{time.time()-t:.2f}s last")
