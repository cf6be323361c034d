import { Publisher } from '../../electron/publisher/publisher'
import type { DestinationStatus } from '../../electron/shared/destination'
import type { ProgramFeedback } from '../../electron/shared/program'
import { publisherReportSchema, type PublisherReport } from '../../electron/shared/publisher'
import { ProgramFeed, type Clip } from './program-feed'
import { until } from './until'

type Status = Extract<PublisherReport, { type: 'status' }>

/** A publisher with its stage and main played by a test. Every report is checked against the contract, as main does. */
export class PublisherRig {
  readonly publisher: Publisher
  readonly reports: PublisherReport[] = []
  readonly feedback: ProgramFeedback[] = []
  readonly #feeds: ProgramFeed[] = []

  constructor(options: { ca?: string } = {}) {
    this.publisher = new Publisher({
      report: (report) => this.reports.push(publisherReportSchema.parse(report)),
      feedback: (message) => {
        this.feedback.push(message)
        if (message.type === 'key-frame-wanted') for (const feed of this.#feeds) feed.keyFrame()
      },
      now: () => performance.now(),
      ...options,
    })
  }

  async close(): Promise<void> {
    for (const feed of this.#feeds) feed.stop()
    await this.publisher.close()
  }

  /** Plays `choose` as the stage would. */
  feed(choose: () => Clip, programId = 'program-1'): ProgramFeed {
    const feed = new ProgramFeed(choose, (message) => this.publisher.program(message))
    this.#feeds.push(feed)
    feed.start(programId)
    return feed
  }

  /** The whole wanted list; ids are a, b, c … */
  push(...urls: string[]): void {
    this.pushAll(urls.map((url) => ({ url, refreshUrl: false })))
  }

  pushAll(wanted: readonly { url: string; refreshUrl: boolean }[]): void {
    this.publisher.command({ type: 'set-destinations', destinations: wanted.map((one, index) => ({ id: 'abcdef'[index] ?? 'z', ...one })) })
  }

  get statuses(): readonly Status[] {
    return this.reports.filter((report) => report.type === 'status')
  }

  status(id = 'a'): DestinationStatus | null {
    return (this.statuses.at(-1)?.destinations.find((one) => one.id === id) as DestinationStatus | undefined) ?? null
  }

  get advice(): number[] {
    return this.feedback.filter((message) => message.type === 'bitrate-advice').map((message) => message.videoKbps)
  }

  /** How often a connection was tried. */
  get attempts(): number {
    return this.reports.filter((report) => report.type === 'log' && report.message.includes('connects to')).length
  }

  reaches(state: DestinationStatus['state'], deadlineMs = 15_000, id = 'a'): Promise<true> {
    return until(() => (this.status(id)?.state === state ? true : null), deadlineMs, `${id} to be ${state}`)
  }

  /** The first attempt follows at once, so that `reconnecting` may be too short to be seen. */
  leavesAir(deadlineMs: number, id = 'a'): Promise<true> {
    return until(() => (this.status(id)?.state === 'publishing' ? null : true), deadlineMs, `${id} to be off air`)
  }

  onAir(what: Status['onAir'], deadlineMs = 20_000): Promise<true> {
    return until(() => (this.statuses.at(-1)?.onAir === what ? true : null), deadlineMs, `${what} on air`)
  }
}
