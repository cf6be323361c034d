import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createConnection, createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'

const ATTEMPTS = 3

export interface NginxRtmp {
  readonly process: ChildProcess
  readonly port: number
  /** rtmp://127.0.0.1:port/live; takes any stream name and records each connection into the folder. */
  readonly url: string
  stop(): Promise<void>
}

/**
 * Debian's nginx-rtmp as the server that all programs push to.
 * @param onPublish address that is told of each publisher before it is let in, with the query of its stream
 */
export async function startNginxRtmp(folder: string, onPort: number | null = null, onPublish: string | null = null): Promise<NginxRtmp> {
  mkdirSync(folder, { recursive: true })
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOn(onPort ?? (await freePort()), folder, onPublish)
    } catch (error) {
      // Somebody else may have been given the port in between.
      if (attempt === ATTEMPTS) throw error
    }
  }
}

async function startOn(port: number, folder: string, onPublish: string | null): Promise<NginxRtmp> {
  const config = join(folder, 'nginx.conf')
  const user = process.getuid?.() === 0 ? 'user root;' : ''
  writeFileSync(
    config,
    `load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;
${user} daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 64; }
rtmp { server { listen 127.0.0.1:${port}; chunk_size 4096; application live { live on; record all; record_path ${folder}; record_unique on; ${onPublish === null ? '' : `on_publish ${onPublish};`} } } }
`,
  )
  const child = spawn('/usr/sbin/nginx', ['-p', folder, '-c', config], { stdio: 'ignore' })
  await listening(port, child)
  return {
    process: child,
    port,
    url: `rtmp://127.0.0.1:${port}/live`,
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) {
          resolve()
          return
        }
        child.once('exit', () => resolve())
        child.kill('SIGTERM')
      }),
  }
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + 10_000
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}`)
    if (await answers(port)) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('nginx did not listen within 10 s')
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
