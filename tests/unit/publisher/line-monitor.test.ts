import { describe, expect, it } from 'vitest'
import { LineMonitor } from '../../../electron/publisher/line-monitor'
import { PUBLISH } from '../../../electron/shared/thresholds'

const MEDIA_KBPS = 6_000
const MS_BYTES = MEDIA_KBPS / 8

/** A line at 6 Mbit/s, stepped by 10 ms, whose server acknowledges each `everyBytes` (null = never). */
class Simulation {
  readonly line = { sentBytes: 3_000, ackedBytes: null as number | null, drainedBytes: 6_000, queuedBytes: 0 }
  readonly monitor: LineMonitor
  nowMs = 0
  blockedMs = 0
  readonly #everyBytes: number | null
  #acked = 0

  constructor(everyBytes: number | null) {
    this.#everyBytes = everyBytes
    this.monitor = new LineMonitor(this.line, 0)
    this.monitor.mediaBegins(0)
  }

  /** @param alive what is sent also arrives */
  run(ms: number, alive = true): void {
    for (let passed = 0; passed < ms; passed += 10) {
      this.nowMs += 10
      if (this.monitor.mayTakeVideo(MEDIA_KBPS, this.nowMs)) {
        this.line.sentBytes += MS_BYTES * 10
        this.line.drainedBytes += MS_BYTES * 10
      } else this.blockedMs += 10
      if (alive && this.#everyBytes !== null && this.line.sentBytes - this.#acked >= this.#everyBytes) {
        this.#acked = this.line.sentBytes
        this.line.ackedBytes = this.#acked
      }
      this.monitor.observe(this.nowMs)
    }
  }

  get stalled(): boolean {
    return this.monitor.stalled(this.nowMs, PUBLISH.stallTimeoutMs)
  }
}

describe('the line to a server that acknowledges', () => {
  it.each([[16 * 1024], [64 * 1024], [2_500_000], [5_000_000], [10_000_000]])('every %d bytes never stands still', (everyBytes) => {
    const simulation = new Simulation(everyBytes)
    for (let second = 0; second < 120; second++) {
      simulation.run(1_000)
      expect(simulation.stalled, `after ${second} s`).toBe(false)
    }
    expect(simulation.blockedMs).toBe(0)
    expect(simulation.monitor.believed(simulation.nowMs)).toBe(true)
  })

  it('by its own window after a few early ones is waited for', () => {
    const simulation = new Simulation(2_500_000)
    simulation.line.ackedBytes = 1_500
    simulation.monitor.observe(1)
    simulation.line.ackedBytes = 3_000
    simulation.monitor.observe(2)
    simulation.run(60_000)
    expect(simulation.blockedMs).toBe(0)
    expect(simulation.stalled).toBe(false)
  })

  it('as asked is held to one second of media, and seen to be dead within the deadline', () => {
    const simulation = new Simulation(PUBLISH.windowAckSizeBytes)
    simulation.run(5_000)
    const before = simulation.line.sentBytes
    simulation.run(PUBLISH.stallTimeoutMs + 50, false)
    expect(simulation.line.sentBytes - before).toBeLessThan(MS_BYTES * 1_000 * 1.3)
    expect(simulation.stalled).toBe(true)
  })

  it('is seen to be dead also in its first moments', () => {
    const simulation = new Simulation(PUBLISH.windowAckSizeBytes)
    simulation.run(30)
    expect(simulation.monitor.ackIntervalBytes).toBeNull()
    simulation.run(PUBLISH.stallTimeoutMs + 50, false)
    expect(simulation.stalled).toBe(true)
  })

  it('is seen to be dead soon when the network was away', () => {
    const simulation = new Simulation(PUBLISH.windowAckSizeBytes)
    simulation.run(5_000)
    const probedAt = simulation.nowMs
    expect(simulation.monitor.stalled(simulation.nowMs, 2_500, probedAt)).toBe(false)
    simulation.run(2_600, false)
    expect(simulation.stalled).toBe(false)
    expect(simulation.monitor.stalled(simulation.nowMs, 2_500, probedAt)).toBe(true)
  })

  it('tells its rate; one that does it rarely is judged by what the socket hands on', () => {
    const often = new Simulation(16 * 1024)
    often.run(5_000)
    expect(often.monitor.ackedKbps(often.nowMs)).toBeGreaterThan(5_500)
    const rarely = new Simulation(2_500_000)
    rarely.run(30_000)
    expect(rarely.monitor.ackedKbps(rarely.nowMs)).toBeNull()
    expect(rarely.monitor.reading(0, rarely.nowMs).throughputKbps).toBeCloseTo(MEDIA_KBPS, -2)
    rarely.line.queuedBytes = 100_000
    expect(rarely.monitor.mayTakeVideo(MEDIA_KBPS, rarely.nowMs)).toBe(false)
  })
})

describe('the line to a server that never acknowledges', () => {
  it('is believed after a second and stands still only when its socket does', () => {
    const simulation = new Simulation(null)
    simulation.run(900)
    expect(simulation.monitor.believed(simulation.nowMs)).toBe(false)
    simulation.run(60_000)
    expect(simulation.monitor.believed(simulation.nowMs)).toBe(true)
    expect(simulation.blockedMs).toBe(0)
    expect(simulation.stalled).toBe(false)
    simulation.line.queuedBytes = 200_000
    simulation.run(PUBLISH.stallTimeoutMs + 50)
    expect(simulation.stalled).toBe(true)
  })
})
