// Clients that ask Envoy again and again over connections that are kept alive.
import { Agent, get } from 'node:http';
import { connect } from 'node:http2';
import { text } from 'node:stream/consumers';

/** @typedef {{ ask: () => Promise<string>, close: () => void }} Requester */

/**
 * Sends requests one after the other over each of some connections, half of them HTTP/2. Stops by itself only if a hundred
 * answers are not right.
 *
 * @param {number} port
 * @param {(answer: string) => boolean} isRight of an answer: status, body
 */
export function startLoad(port, isRight, connections = 4) {
  /** @type {string[]} */
  const failures = [];
  let count = 0;
  let isStopped = false;
  /** @param {Requester} client */
  const keepAsking = async (client) => {
    while (!isStopped && failures.length < 100) {
      const answer = await client.ask().catch(String);
      count++;
      if (!isRight(answer)) failures.push(answer);
    }
    client.close();
  };
  const clients = Array.from({ length: connections }, (_, index) =>
    index % 2 === 0 ? createHttp1Client(port) : createHttp2Client(port),
  );
  const loops = clients.map(keepAsking);
  return {
    count: () => count,
    failures,
    stop: async () => {
      isStopped = true;
      await Promise.all(loops);
    },
  };
}

/**
 * Sends a request over a connection of its own, and returns the status and the body.
 *
 * @param {number} port
 */
export async function askOnce(port) {
  const client = createHttp1Client(port);
  return await client.ask().finally(client.close);
}

/**
 * A client with one connection at a time. It opens another one only if the server has said that it closes the last.
 *
 * @param {number} port
 * @returns {Requester}
 */
function createHttp1Client(port) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = () =>
    new Promise((resolve, reject) => {
      get({ port, host: 'localhost', family: 4, path: '/headers', agent }, (response) => {
        text(response).then((body) => resolve(`${response.statusCode} ${body}`), reject);
      }).on('error', reject);
    });
  return { ask: /** @type {() => Promise<string>} */ (ask), close: () => agent.destroy() };
}

/**
 * @param {number} port
 * @returns {Requester}
 */
function createHttp2Client(port) {
  let session = connect(`http://127.0.0.1:${port}`).on('error', () => {});
  const ask = async () => {
    if (session.closed || session.destroyed) {
      session = connect(`http://127.0.0.1:${port}`).on('error', () => {});
    }
    const stream = session.request({ ':path': '/headers', ':authority': `localhost:${port}` });
    /** @type {unknown} */
    let status;
    stream.on('response', (headers) => {
      status = headers[':status'];
    });
    const body = await text(stream);
    return `${status} ${body}`;
  };
  return { ask, close: () => session.destroy() };
}
