/** An upstream: a server in the test process, which answers as a test wants. */

import { once } from "node:events";
import { createServer } from "node:net";

/** Serves until it is stopped or the test `t` ends. */
export async function startUpstream(t, answer) {
  const upstream = new Upstream(answer);
  t.after(() => upstream.stop());
  await upstream.start();
  return upstream;
}

class Upstream {
  /**
   * A client gets these bytes, or those that this function gives for a request, and the connection ends. With no bytes
   * at all it does not end.
   */
  answer;
  /** As it came: line, headers and body. */
  lastRequest = "";
  #server = createServer((client) => this.#serve(client));

  constructor(answer) {
    this.answer = answer;
  }

  get port() {
    return this.#server.address().port;
  }

  async start() {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  /** Refuses connections from now on. */
  stop() {
    this.#server.close();
  }

  #serve(client) {
    // The client may go at any time.
    client.on("error", () => {});
    let request = "";
    client.setEncoding("utf8").on("data", (text) => {
      request += text;
      if (isWhole(request)) this.#reply(client, request);
    });
  }

  #reply(client, request) {
    this.lastRequest = request;
    const answer = typeof this.answer === "function" ? this.answer(request) : this.answer;
    if (answer.length > 0) client.end(answer);
  }
}

/** With its body, if the head tells where that ends. */
function isWhole(request) {
  const [head, ...rest] = request.split("\r\n\r\n");
  if (rest.length === 0) return false;
  if (/\r\ntransfer-encoding: chunked/i.test(head)) return request.endsWith("\r\n0\r\n\r\n");
  const [, length = 0] = /\r\ncontent-length: (\d+)/i.exec(head) ?? [];
  return Buffer.byteLength(rest.join("\r\n\r\n")) >= length;
}

/** An answer in HTTP. */
export function http(status, body) {
  const bytes = Buffer.from(body);
  const head = `HTTP/1.1 ${status} x\r\ncontent-length: ${bytes.length}\r\nconnection: close\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), bytes]);
}
