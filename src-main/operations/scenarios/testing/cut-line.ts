import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** The line to a venue on loopback: whoever speaks through its port is cut off, and refused, while it is down. */
export class CutLine {
  private readonly target: number;
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;
  port = 0;

  private constructor(target: number) {
    this.target = target;
  }

  static async open(target: number): Promise<CutLine> {
    const line = new CutLine(target);
    await line.up();
    return line;
  }

  /** The same port as before. */
  async up(): Promise<void> {
    const server = createServer((near) => {
      const far = connect(this.target, '127.0.0.1');
      this.keep(near, far);
      this.keep(far, near);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port, '127.0.0.1', resolve);
    });
    this.server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  async down(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    for (const socket of this.sockets) socket.destroy();
    if (server !== undefined) await new Promise((resolve) => server.close(resolve));
  }

  private keep(socket: Socket, other: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => other.destroy());
    socket.on('close', () => {
      this.sockets.delete(socket);
      other.destroy();
    });
    socket.pipe(other);
  }
}
