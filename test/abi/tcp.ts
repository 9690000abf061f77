import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const patience = 10_000;

/** One end of a connection, and what it has received. */
export class Peer {
  received = '';
  /** `open` until the other end has ended or reset it. */
  end: 'open' | 'ended' | 'reset' = 'open';

  constructor(readonly socket: Socket) {
    socket.setEncoding('utf8').on('data', (text: string) => {
      this.received += text;
    });
    socket.on('end', () => {
      this.end = 'ended';
    });
    socket.on('error', () => {
      this.end = 'reset';
    });
  }

  static async connect(port: number): Promise<Peer> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const peer = new Peer(socket);
    await once(socket, 'connect');
    return peer;
  }

  write(text: string): void {
    this.socket.write(text);
  }

  /** Waits until exactly this is received. Throws with what was received instead. */
  async receives(text: string): Promise<void> {
    await eventually(
      () => this.received === text,
      () => `received ${JSON.stringify(this.received)}`,
    );
  }

  async ends(): Promise<void> {
    await eventually(
      () => this.end !== 'open',
      () => `${this.end} with ${JSON.stringify(this.received)}`,
    );
  }

  destroy(): void {
    this.socket.destroy();
  }
}

/** A TCP server that does nothing by itself. `accept` returns its connections one by one. */
export async function startTcpServer() {
  const peers: Peer[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => peers.push(new Peer(socket)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accept = async () => {
    await eventually(
      () => peers.length > 0,
      () => 'no connection has come',
    );
    return peers.shift() as Peer;
  };
  const stop = () => {
    server.close();
    for (const peer of peers) peer.destroy();
  };
  return { port: (server.address() as AddressInfo).port, accept, waiting: () => peers.length, stop };
}

async function eventually(condition: () => boolean, state: () => string): Promise<void> {
  for (const deadline = Date.now() + patience; !condition(); await sleep(5)) {
    if (Date.now() > deadline) throw new Error(state());
  }
}
