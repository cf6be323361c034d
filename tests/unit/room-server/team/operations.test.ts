import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { Operations, type OperationsOptions } from '../../../../electron/room-server/team/operations'

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

async function open(options: Partial<OperationsOptions> = {}): Promise<(path: string, headers?: Record<string, string>) => Promise<[number, string]>> {
  const metrics = async (): Promise<{ contentType: string; text: string }> => ({ contentType: 'text/plain', text: 'leader 1\n' })
  const operations = new Operations({ metricsToken: null, notReady: () => null, metrics, ...options })
  const server = createServer((request, response) => {
    if (!operations.handle(request, response)) response.writeHead(418).end()
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return async (path, headers = {}) => {
    const response = await fetch(`${base}${path}`, { headers })
    return [response.status, await response.text()]
  }
}

describe('what those ask who run the server', () => {
  it('is answered with what is missing, and leaves everything else to others', async () => {
    expect(await (await open())('/readyz')).toEqual([200, 'ready\n'])
    const ask = await open({ notReady: () => 'nobody leads' })
    expect(await ask('/readyz')).toEqual([503, 'nobody leads\n'])
    expect(await ask('/healthz')).toEqual([200, 'ok\n'])
    expect((await ask('/api/rooms'))[0]).toBe(418)
  })

  it('gives the metrics to this machine, but not through a proxy on it', async () => {
    const ask = await open()
    expect(await ask('/metrics')).toEqual([200, 'leader 1\n'])
    for (const header of ['x-forwarded-for', 'forwarded', 'via']) expect((await ask('/metrics', { [header]: 'somebody' }))[0]).toBe(404)
  })

  it('gives them by token alone where there is one', async () => {
    const ask = await open({ metricsToken: 'a-token-for-the-metrics' })
    expect((await ask('/metrics'))[0]).toBe(404)
    expect((await ask('/metrics', { authorization: 'Bearer another' }))[0]).toBe(404)
    expect((await ask('/metrics', { authorization: 'Bearer a-token-for-the-metrics' }))[0]).toBe(200)
  })
})
