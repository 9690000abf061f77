// An HTTP client that costs as little as possible, since it shares the machine with what it measures.
import { once } from 'node:events';
import { createConnection } from 'node:net';

/** What a response without a body ends with. */
const end = '\r\n\r\n';

/** Keeps a connection to a listener of Envoy. */
export class Client {
  /** @type {import('node:net').Socket} */
  #socket;

  /**
   * @param {string} name of the listener
   * @param {import('node:net').Socket} socket
   */
  constructor(name, socket) {
    this.name = name;
    this.#socket = socket.setNoDelay().setEncoding('latin1');
  }

  /**
   * @param {string} name of the listener
   * @param {number} port
   */
  static async connect(name, port) {
    const socket = createConnection(port, '127.0.0.1');
    await once(socket, 'connect');
    return new Client(name, socket);
  }

  /**
   * Sends a request and returns the response, which has no body.
   *
   * @param {string} path
   */
  async get(path) {
    this.#socket.write(`GET ${path} HTTP/1.1\r\nhost: example.com\r\nuser-agent: bench\r\naccept: */*${end}`);
    let response = '';
    const signal = AbortSignal.timeout(10_000);
    while (!response.endsWith(end)) response += (await once(this.#socket, 'data', { signal }))[0];
    return response;
  }

  close() {
    this.#socket.destroy();
  }
}
