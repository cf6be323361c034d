import { cpus } from 'node:os'
import { afterAll, describe, expect, it } from 'vitest'
import { RoomServerProcess, type DeliveryMode } from '../contract/im/support/room-server-process'
import { countFrom } from '../contract/im/support/random'
import { WireClient } from '../contract/im/support/wire-client'
import { LoadClient, markedText } from './load-client'
import { costOf } from './process-tree'
import { markdown, percentile } from './table'

/** All of it goes to 127.0.0.1, and no more than this. */
const MAX_CLIENTS = countFrom('ANCHORDESK_CLIENTS', 2_000)
const STEPS = [200, 500, 1_000, 1_500, 2_000].filter((step) => step <= MAX_CLIENTS)
const WINDOW_MS = countFrom('ANCHORDESK_WINDOW_MS', 10_000)
const MESSAGES_PER_SECOND = 40
const SPEAKERS = 4
/** Log-ins under way at one time: a browser's worth of patience, and no more than a listening socket queues. */
const AT_ONCE = 250
const BEAT_MS = 10_000
const TICK_MS = 5
const TIMEOUT_MS = 600_000
const ROOM = 'bench'

const report: string[] = []
afterAll(() => {
  const [cpu] = cpus()
  process.stdout.write(
    `\n${cpu?.model ?? 'unknown CPU'}, ${cpus().length} cores, Node ${process.version}; the clients run on the same machine\n\n${report.join('\n\n')}\n`,
  )
})

/** Clients in a room, kept alive, their delays collected. */
class Crowd {
  readonly #server: RoomServerProcess
  readonly #clients: LoadClient[] = []
  readonly #beats: NodeJS.Timeout
  readonly name: string
  delays: number[] = []

  constructor(server: RoomServerProcess, name: string) {
    this.#server = server
    this.name = name
    let next = 0
    this.#beats = setInterval(() => {
      const client = this.#clients[next++ % Math.max(1, this.#clients.length)]
      client?.beat()
    }, BEAT_MS / MAX_CLIENTS)
  }

  get size(): number {
    return this.#clients.length
  }

  /** @returns how long each took from its socket to the room, milliseconds */
  async growTo(count: number): Promise<number[]> {
    const took: number[] = []
    const enterOne = async (): Promise<void> => {
      while (this.#clients.length < count) {
        const client = new LoadClient(`${this.name}_${this.#clients.length}`, (delayMs) => this.delays.push(delayMs))
        this.#clients.push(client)
        const userSig = this.#server.userSig(client.userId)
        const startedAt = performance.now()
        await client.connect(this.#server.wire)
        await client.login(userSig)
        await client.join(ROOM)
        took.push(performance.now() - startedAt)
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, enterOne))
    return took
  }

  close(): void {
    clearInterval(this.#beats)
    for (const client of this.#clients) client.close()
  }
}

async function speakers(server: RoomServerProcess): Promise<WireClient[]> {
  return Promise.all(
    Array.from({ length: SPEAKERS }, async (_, i) => {
      const speaker = new WireClient(`speaker_${i}`)
      await speaker.connect(server.wire)
      await speaker.login(server.userSig(speaker.userId))
      await speaker.join(ROOM)
      return speaker
    }),
  )
}

/** Speaks for a window, catching up when this process was late. @returns how many messages were accepted */
async function speak(crowd: readonly WireClient[], windowMs: number): Promise<number> {
  const answers: Promise<unknown>[] = []
  const startedAt = performance.now()
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startedAt) / 1_000) * MESSAGES_PER_SECOND)
    while (answers.length < due) {
      const speaker = crowd[answers.length % crowd.length]
      if (speaker !== undefined) answers.push(speaker.send(ROOM, markedText(), 'Normal'))
    }
  }, TICK_MS)
  await new Promise((resolve) => setTimeout(resolve, windowMs))
  clearInterval(timer)
  return (await Promise.all(answers)).length
}

const start = async (delivery: DeliveryMode): Promise<RoomServerProcess> => {
  const server = await RoomServerProcess.start({ delivery })
  await server.rest().openRoom(ROOM)
  return server
}
const ms = (value: number): string => value.toFixed(value < 10 ? 1 : 0)
const drained = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1_500))

describe.each<DeliveryMode>(['poll', 'push'])('a room, %s', (delivery) => {
  it(
    'of more and more clients, at 40 messages a second',
    async () => {
      const server = await start(delivery)
      const crowd = new Crowd(server, 'viewer')
      const rows: string[][] = []
      const talkers = await speakers(server)
      for (const step of STEPS) {
        await crowd.growTo(step)
        crowd.delays = []
        const ownBefore = process.cpuUsage()
        const [cost, sent] = await Promise.all([costOf(server.pid, WINDOW_MS), speak(talkers, WINDOW_MS)])
        const own = process.cpuUsage(ownBefore)
        await drained()
        const { delays } = crowd
        expect(delays.length).toBeGreaterThan(0)
        rows.push([
          String(step),
          (sent / (WINDOW_MS / 1_000)).toFixed(1),
          ms(percentile(delays, 0.5)),
          ms(percentile(delays, 0.99)),
          ms(percentile(delays, 1)),
          ((100 * delays.length) / (sent * step)).toFixed(2),
          cost.cpuPercent.toFixed(0),
          cost.rssMiB.toFixed(0),
          (((own.user + own.system) / 1_000 / WINDOW_MS) * 100).toFixed(0),
        ])
      }
      crowd.close()
      for (const talker of talkers) talker.close()
      await server.close()
      const head = ['clients', 'messages/s', 'p50 ms', 'p99 ms', 'max ms', 'arrived %', 'server CPU %', 'server RSS MiB', 'load CPU %']
      report.push(`**One room, delivery by ${delivery}**\n\n${markdown(head, rows)}`)
    },
    TIMEOUT_MS,
  )
})

it(
  `a storm of ${MAX_CLIENTS} log-ins`,
  async () => {
    const server = await start('poll')
    const crowd = new Crowd(server, 'stormy')
    const startedAt = performance.now()
    const [took, cost] = await Promise.all([crowd.growTo(MAX_CLIENTS), costOf(server.pid, 3_000)])
    const total = performance.now() - startedAt
    expect(took).toHaveLength(MAX_CLIENTS)
    crowd.close()
    await server.close()
    const head = ['log-ins', 'all in after s', 'each p50 ms', 'each p99 ms', 'server CPU %, first 3 s', 'server RSS MiB']
    const row = [
      String(MAX_CLIENTS),
      (total / 1_000).toFixed(1),
      ms(percentile(took, 0.5)),
      ms(percentile(took, 0.99)),
      cost.cpuPercent.toFixed(0),
      cost.rssMiB.toFixed(0),
    ]
    report.push(`**Everyone at once: socket, log-in, the SDK's first questions, join**\n\n${markdown(head, [row])}`)
  },
  TIMEOUT_MS,
)
