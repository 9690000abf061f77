import sys, re, json, time, subprocess, urllib.request, socket, threading
d, envoy, K, W = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
t = open(d + "/envoy-bootstrap.yml").read()
i = t.index("- name: envoy.bootstrap.wasm"); j = t.index("# Lets a cluster reach"); t = t[:i] + t[j:]
a = t.index("          - name: envoy.filters.http.wasm"); b = t.index("          - name: envoy.filters.http.router")
f = t[a:b]
cfg = json.dumps({"refresh_cluster": "refresh", "refresh_period_ms": 100, "refresh_timeout_ms": 100})
f = re.sub(r"value: \|\n(?: {20}.*\n)+", lambda m: "value: " + json.dumps(cfg) + "\n", f)
t = t[:a] + "".join(f.replace("root_id: envoy-filter-name", f"root_id: r{k}") for k in range(K)) + t[b:]
ls = socket.socket(); ls.bind(("127.0.0.1", 0)); ls.listen(500); n = [0]
def h(c):
    try: c.recv(4096); n[0] += 1; b = b'{"greeting": "x"}'; c.sendall(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: %d\r\n\r\n" % len(b) + b)
    finally: c.close()
def srv():
    while True:
        c, _ = ls.accept(); threading.Thread(target=h, args=(c,), daemon=True).start()
threading.Thread(target=srv, daemon=True).start()
t = t.replace("port_value: 8081 } } # REFRESH_PORT", f"port_value: {ls.getsockname()[1]} }} }}").replace("port_value: 8081 }", "port_value: 0 }").replace("port_value: 8080 }", "port_value: 23180 }").replace("port_value: 19000 }", "port_value: 23119 }")
open(d + "/build/cas.yml", "w").write(t)
p = subprocess.Popen([envoy, "--disable-hot-restart", "--concurrency", W, "-l", "error", "-c", "build/cas.yml"], cwd=d)
try:
    time.sleep(8); s = n[0]; b = time.time(); time.sleep(20); e = time.time() - b
    print(K, "filters", W, "workers:", n[0] - s, "refreshes in", round(e, 2), "s; at most", round(e / .09) + 1)
finally: p.kill(); p.wait()
