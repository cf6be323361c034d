import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestProject } from 'vitest/node'
import { PostgresServer } from './postgres-server'

declare module 'vitest' {
  interface ProvidedContext {
    /** Answers each request with the address of a new database. */
    postgresDesk: string
  }
}

/** One PostgreSQL for all files of the project, started when the first of them asks for a database. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let server: Promise<PostgresServer> | null = null
  const desk = createServer((_request, response) => {
    server ??= PostgresServer.start()
    server
      .then((started) => started.database())
      .then(
        (url) => response.end(url),
        (error: unknown) => response.writeHead(500).end(String(error)),
      )
  })
  await new Promise<void>((resolve) => desk.listen(0, '127.0.0.1', resolve))
  project.provide('postgresDesk', `http://127.0.0.1:${(desk.address() as AddressInfo).port}`)
  return async () => {
    desk.closeAllConnections()
    await new Promise<void>((resolve) => desk.close(() => resolve()))
    await (await server)?.close()
  }
}
