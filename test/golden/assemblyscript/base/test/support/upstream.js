/** An upstream: a server in the test process, which answers as a test wants. */

import { once } from "node:events";
import { createServer } from "node:net";

import { Connection } from "./connection.js";

/** Serves until it is stopped or the test `t` ends. */
export async function startUpstream(t, answer) {
  const upstream = new Upstream(answer);
  t.after(() => upstream.stop());
  await upstream.start();
  return upstream;
}

class Upstream {
  /**
   * These bytes, and the connection ends; with no bytes at all it does not end. Or a function of the request, which
   * returns the bytes, or sends what it likes, when it likes, to the client, its second argument, and returns nothing.
   */
  answer;
  /** As it came: line, headers and body. */
  lastRequest = "";
  #server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#serve(socket));

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

  async #serve(socket) {
    const client = new Connection(socket);
    // The client may go at any time.
    const request = await readRequest(client).catch(() => "");
    if (request === "") return client.close();
    this.lastRequest = request;
    const answer = typeof this.answer === "function" ? await this.answer(request, client) : this.answer;
    client.send(answer ?? "");
    if (answer?.length === 0) await client.receive(1).catch(() => {});
    client.close();
  }
}

/** Its head, and its body if the head tells where that ends. */
async function readRequest(client) {
  const parts = [await readLines(client)];
  const head = parts.toString();
  if (/\r\ntransfer-encoding: chunked\r\n/i.test(head)) {
    for (let size = -1; size !== 0; ) {
      const line = await readLine(client);
      size = Number.parseInt(line, 16) || 0;
      parts.push(line, await client.receive(size > 0 ? size + 2 : 0));
    }
    // The trailers.
    parts.push(await readLines(client));
  } else {
    const [, length = 0] = /\r\ncontent-length: (\d+)/i.exec(head) ?? [];
    parts.push(await client.receive(Number(length)));
  }
  return Buffer.concat(parts).toString();
}

/** The lines up to an empty one, or to the end of the connection. */
async function readLines(client) {
  const lines = [];
  do lines.push(await readLine(client));
  while (lines.at(-1).length > 2);
  return Buffer.concat(lines);
}

async function readLine(client) {
  const bytes = [];
  while (bytes.at(-1) !== 10) {
    const [byte] = await client.receive(1);
    if (byte === undefined) break;
    bytes.push(byte);
  }
  return Buffer.from(bytes);
}

/** An answer in HTTP. */
export function http(status, body) {
  const bytes = Buffer.from(body);
  const head = `HTTP/1.1 ${status} x\r\ncontent-length: ${bytes.length}\r\nconnection: close\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), bytes]);
}
