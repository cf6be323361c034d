import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { PlainHttp, TooLongError } from '../../../../../electron/room-server/backend/pk/plain-request'

let asked = 0
const server = createServer((request, response) => {
  asked += 1
  request.pipe(response)
})
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(async () => {
  server.closeAllConnections()
  await new Promise<void>((resolve) => server.close(() => resolve()))
})
const originOf = (host: string): string => `http://${host}:${(server.address() as AddressInfo).port}`
const put = (http: PlainHttp, host: string, maxBytes = 100): ReturnType<PlainHttp['ask']> =>
  http.ask({ url: `${originOf(host)}/x`, method: 'PUT', headers: {}, body: 'Zähler', maxBytes, signal: new AbortController().signal })

it('sends and reads, as much as is wanted', async () => {
  const http = new PlainHttp(originOf('127.0.0.1'), () => true)
  expect(await put(http, '127.0.0.1')).toEqual({ status: 200, text: 'Zähler' })
  await expect(put(http, '127.0.0.1', 6)).rejects.toBeInstanceOf(TooLongError)
  http.close()
})

it('connects to the address that it has looked at: a name that means another one by then gets nobody in', async () => {
  let inside = false
  const http = new PlainHttp(originOf('localhost'), () => !inside)
  expect(await http.mayConnect()).toBe(true)
  inside = true
  const before = asked
  await expect(put(http, 'localhost')).rejects.toThrow('not connected to')
  expect([await http.mayConnect(), asked - before]).toEqual([false, 0])
  http.close()
})
