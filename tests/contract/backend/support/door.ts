import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** The one address of a server that is started again on another port; shut, nobody is there. */
export class Door {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #target: string | null = null

  constructor() {
    this.#server = createServer((socket) => {
      if (this.#target === null) {
        socket.destroy()
        return
      }
      const inner = connect(Number(new URL(this.#target).port), '127.0.0.1')
      for (const end of [socket, inner]) {
        this.#sockets.add(end)
        end.on('error', () => end.destroy())
        end.on('close', () => {
          this.#sockets.delete(end)
          socket.destroy()
          inner.destroy()
        })
      }
      socket.pipe(inner).pipe(socket)
    })
  }

  get base(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
  }

  /** @param base of the server behind it */
  open(base: string): void {
    this.#target = base
  }

  shut(): void {
    this.#target = null
    for (const socket of this.#sockets) socket.destroy()
  }

  async close(): Promise<void> {
    this.shut()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }
}
