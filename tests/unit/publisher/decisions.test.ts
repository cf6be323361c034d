import { describe, expect, it } from 'vitest'
import { stepCongestion, UNCONGESTED, type CongestionState, type LineReading } from '../../../electron/publisher/congestion'
import { stepDestination, type MachineEvent, type MachineState } from '../../../electron/publisher/destination-machine'
import type { MediaItem } from '../../../electron/publisher/media-item'
import { Outage } from '../../../electron/publisher/outage'
import { OutputClock } from '../../../electron/publisher/output-clock'
import { parseProgramMessage } from '../../../electron/publisher/program-message'
import { defaultReconnectPolicy } from '../../../electron/publisher/reconnect-policy'
import { AckLedger } from '../../../electron/publisher/rtmp/ack-ledger'
import { SendQueue } from '../../../electron/publisher/send-queue'
import { SlatePlayer } from '../../../electron/publisher/slate-player'

const closed = { code: 'publish.closed', context: { reason: 'x' } } as const
const denied = { code: 'publish.denied', context: { reason: 'x' } } as const
const lost = (rejected: boolean, error: typeof closed | typeof denied = closed): MachineEvent => ({ type: 'closed', error, rejected, delayMs: 500 })
const connecting: MachineState = { name: 'connecting', attempt: 1, faultSinceMs: null, lastError: null, rejections: 0 }

describe('a destination', () => {
  it('connects, publishes on the first acknowledgement, and says how long it was away', () => {
    expect(stepDestination({ name: 'off' }, { type: 'start' }, 0)).toMatchObject({ state: { name: 'connecting', attempt: 1 }, effects: [{ type: 'connect' }] })
    expect(stepDestination({ ...connecting, faultSinceMs: 1_000 }, { type: 'acknowledged' }, 9_000).state).toEqual({
      name: 'publishing',
      sinceMs: 9_000,
      outageMs: 8_000,
    })
  })

  it('never tries again after a refusal, until a person says so', () => {
    const { state, effects } = stepDestination(connecting, lost(false, denied), 0)
    expect(state).toEqual({ name: 'failed', error: denied })
    expect(effects).toEqual([])
    expect(stepDestination(state, { type: 'retry-due' }, 0).state).toBe(state)
    expect(stepDestination(state, { type: 'network-online' }, 0).state).toBe(state)
    expect(stepDestination(state, { type: 'reconnect-now' }, 0).effects).toEqual([{ type: 'connect' }])
  })

  it('takes three hang-ups right after "accepted" for a wrong key', () => {
    let state: MachineState = connecting
    for (let count = 1; count <= 2; count++) {
      state = stepDestination(state, lost(true), 0).state
      expect(state.name).toBe('reconnecting')
      state = stepDestination(state, { type: 'retry-due' }, 0).state
    }
    expect(stepDestination(state, lost(true), 0).state).toMatchObject({ name: 'failed', error: { code: 'publish.rejected' } })
  })

  it('takes no number of other closes for a wrong key', () => {
    let state: MachineState = connecting
    for (let count = 1; count <= 10; count++) {
      state = stepDestination(state, lost(false), 0).state
      expect(state.name).toBe('reconnecting')
      state = stepDestination(state, { type: 'retry-due' }, 0).state
    }
  })

  it.each(['reconnect-now', 'network-online'] as const)('%s starts a pending attempt anew and looks again at a line that seems to work', (type) => {
    expect(stepDestination({ ...connecting, attempt: 5 }, { type }, 0)).toMatchObject({
      state: { name: 'connecting', attempt: 1 },
      effects: [{ type: 'abandon' }, { type: 'connect' }],
    })
    const publishing: MachineState = { name: 'publishing', sinceMs: 0, outageMs: null }
    expect(stepDestination(publishing, { type }, 0)).toEqual({ state: publishing, effects: [{ type: 'probe' }] })
    const waiting: MachineState = { name: 'reconnecting', attempt: 7, faultSinceMs: 0, nextRetryAtMs: 9, error: closed, rejections: 0 }
    expect(stepDestination(waiting, { type }, 0)).toMatchObject({ state: { attempt: 1 }, effects: [{ type: 'cancel-retry' }, { type: 'connect' }] })
  })

  it('can be stopped from every state', () => {
    const states: MachineState[] = [
      { name: 'off' },
      connecting,
      { name: 'publishing', sinceMs: 0, outageMs: null },
      { name: 'reconnecting', attempt: 2, faultSinceMs: 0, nextRetryAtMs: 1, error: closed, rejections: 0 },
      { name: 'failed', error: denied },
      { name: 'stopping' },
    ]
    for (const state of states) {
      const stopped = stepDestination(stepDestination(state, { type: 'stop' }, 0).state, { type: 'stopped' }, 0).state
      expect(stopped.name, state.name).toBe('off')
    }
  })
})

describe('the delay before the next attempt', () => {
  it('is nothing at first, at most a second for a minute, and never beyond 7 s', () => {
    expect(defaultReconnectPolicy.delayMs(1, 0, 0.5)).toBe(0)
    for (let attempt = 1; attempt < 40; attempt++) {
      expect(defaultReconnectPolicy.delayMs(attempt, 59_000, 1)).toBeLessThanOrEqual(1_000)
      expect(defaultReconnectPolicy.delayMs(attempt, 600_000, 1)).toBeLessThanOrEqual(7_000)
    }
  })

  it('counts from the start of an attempt that led nowhere, and from the end of one that was taken', () => {
    const policy = { delayMs: () => 1_000, reachTimeoutMs: () => 1_500 }
    const outage = new Outage(policy)
    outage.attemptBegins(0)
    expect(outage.lost(400, null, null, 0)).toBe(600)
    outage.attemptBegins(1_000)
    expect(outage.lost(2_500, null, null, 0)).toBe(0)
    outage.attemptBegins(2_500)
    expect(outage.lost(9_000, 2_600, null, 0)).toBe(1_000)
  })

  it('begins anew after a while on air, and not after a moment', () => {
    const asked: number[] = []
    const outage = new Outage({ delayMs: (attempt) => asked.push(attempt), reachTimeoutMs: () => 1_500 })
    for (const [atMs, publishedAtMs] of [
      [0, null],
      [1_000, 500],
      [20_000, 2_000],
    ] as const)
      outage.lost(atMs, publishedAtMs, publishedAtMs, 0)
    expect(asked).toEqual([1, 2, 1])
  })

  it('does not hide behind an attempt that hangs', () => {
    expect(defaultReconnectPolicy.reachTimeoutMs(0)).toBe(8_000)
    expect(defaultReconnectPolicy.reachTimeoutMs(30_000)).toBeLessThanOrEqual(1_500)
    expect(defaultReconnectPolicy.reachTimeoutMs(120_000)).toBe(8_000)
  })
})

function run(lines: (second: number, advice: number) => LineReading, seconds: number, target = 6_000): number[] {
  let state: CongestionState = UNCONGESTED
  const advice: number[] = []
  for (let half = 0; half < seconds * 2; half++) {
    state = stepCongestion(state, [lines(half / 2, state.adviceKbps ?? target)], target, 160, half * 500)
    advice.push(state.adviceKbps ?? target)
  }
  return advice
}

describe('the bitrate', () => {
  it('follows a line that falls to a sixth, within five seconds', () => {
    const advice = run((_second, kbps) => ({ queueMs: kbps > 1_000 ? 1_200 : 50, throughputKbps: 1_000 }), 5)
    expect(advice.at(-1)).toBeLessThan(1_000)
    expect(advice.at(-1)).toBeGreaterThanOrEqual(250)
  })

  it('comes back in steps when the line is free again', () => {
    const advice = run((second) => (second < 3 ? { queueMs: 1_000, throughputKbps: 1_000 } : { queueMs: 0, throughputKbps: 6_000 }), 60)
    expect(Math.min(...advice)).toBeLessThan(1_000)
    expect(advice.at(-1)).toBe(6_000)
    const jumps = advice.map((kbps, index) => kbps - (advice[index - 1] ?? kbps))
    expect(Math.max(...jumps)).toBeLessThanOrEqual(600)
  })

  it('is not dragged down by a destination that cannot carry the least', () => {
    const state = stepCongestion(
      UNCONGESTED,
      [
        { queueMs: 1_400, throughputKbps: 50 },
        { queueMs: 0, throughputKbps: 6_000 },
      ],
      6_000,
      160,
      5_000,
    )
    expect(state.adviceKbps).toBeNull()
  })
})

const parameters = { codec: '', width: 2, height: 2, fps: 30, bitrateKbps: 1, avcC: Uint8Array.of(1) }
const sound = { sampleRateHz: 48_000, channels: 2, bitrateKbps: 1, asc: Uint8Array.of(1) }
const picture = (outMs: number, keyFrame = false): MediaItem => ({ kind: 'video', outMs, keyFrame, data: Uint8Array.of(1), parameters })
const audio = (outMs: number): MediaItem => ({ kind: 'audio', outMs, data: Uint8Array.of(1), parameters: sound })

describe('the queue', () => {
  it('begins at a key frame', () => {
    const queue = new SendQueue()
    expect(queue.push(picture(0))).toBe(false)
    expect(queue.push(picture(33, true))).toBe(true)
    expect(queue.push(picture(66))).toBe(true)
  })

  it('drops whole groups of pictures and no sound', () => {
    const queue = new SendQueue()
    for (const item of [picture(0, true), audio(5), picture(33), audio(26), picture(66, true), picture(99)]) queue.push(item)
    expect(queue.dropPictures()).toEqual({ video: 2, audio: 0 })
    const rest = []
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) rest.push(`${item.kind} ${item.outMs}`)
    expect(rest).toEqual(['audio 5', 'audio 26', 'video 66', 'video 99'])
  })

  it('without a later key frame drops all pictures and waits for one', () => {
    const queue = new SendQueue()
    for (const item of [picture(0, true), picture(33), audio(40)]) queue.push(item)
    expect(queue.dropPictures().video).toBe(2)
    expect(queue.push(picture(66))).toBe(false)
    expect(queue.push(picture(99, true))).toBe(true)
  })

  it('lets sound overtake', () => {
    const queue = new SendQueue()
    for (const item of [picture(0, true), audio(5)]) queue.push(item)
    expect(queue.shiftAudio()?.outMs).toBe(5)
    expect(queue.peek()?.kind).toBe('video')
  })
})

describe('the output clock', () => {
  it('goes on over a new program that counts from elsewhere', () => {
    const clock = new OutputClock()
    const first = clock.map('a', 'video', 5_000_000, 1_000_000) ?? -1
    const second = clock.map('a', 'video', 5_033_000, 1_033_000) ?? -1
    const third = clock.map('b', 'video', 77, 3_000_000) ?? -1
    expect(second - first).toBe(33_000)
    expect(third).toBeGreaterThan(second)
    expect(Math.round((third - second) / 1_000)).toBe(1_967)
  })

  it('never goes back on a track', () => {
    const clock = new OutputClock()
    clock.map('a', 'video', 1_000_000, 0)
    clock.map('a', 'video', 2_000_000, 1_000_000)
    expect(clock.map('a', 'video', 1_999_000, 0)).toBeNull()
    expect(clock.map('a', 'audio', 1_999_000, 0)).not.toBeNull()
  })
})

describe('acknowledgements', () => {
  it('count on when the 32-bit counter wraps', () => {
    const ledger = new AckLedger()
    const chunk = 0x40000000
    for (let round = 1; round <= 6; round++) {
      ledger.sent(chunk, round * 100)
      ledger.acknowledged((round * chunk) >>> 0, round * 100 + 5)
    }
    expect(ledger.ackedBytes).toBe(6 * chunk)
    expect(ledger.unackedBytes).toBe(0)
    expect(ledger.ackDelayMs).toBe(5)
  })

  it('of a server that counts the handshake never exceed what was sent', () => {
    const ledger = new AckLedger()
    ledger.sent(1_000, 0)
    ledger.acknowledged(4_073, 1)
    expect(ledger.ackedBytes).toBe(1_000)
  })
})

it('the slate comes in real time, picture and silence by time', () => {
  const frames = [
    { keyFrame: true, data: Uint8Array.of(1) },
    { keyFrame: false, data: Uint8Array.of(2) },
  ]
  const player = new SlatePlayer({ avcC: Uint8Array.of(1), fps: 10, silence: Uint8Array.of(0), frames }, 1_000_000)
  const due = [...player.due(1_500_000, true), ...player.due(2_000_000, true)]
  expect(due.filter((frame) => frame.kind === 'video').map((frame) => frame.keyFrame)).toEqual([
    true,
    false,
    true,
    false,
    true,
    false,
    true,
    false,
    true,
    false,
    true,
  ])
  expect(due.filter((frame) => frame.kind === 'audio')).toHaveLength(47)
  expect(due.every((frame, index) => index === 0 || frame.outUs >= (due[index - 1]?.outUs ?? 0))).toBe(true)
})

it('what is not a message of the stage is none', () => {
  for (const value of [
    null,
    1,
    {},
    { type: 'video' },
    { type: 'video', timestampUs: NaN, keyFrame: true, data: Uint8Array.of(1) },
    { type: 'video', timestampUs: 1, keyFrame: 1, data: Uint8Array.of(1) },
    { type: 'audio', timestampUs: 1, data: null },
    { type: 'program', programId: '' },
  ]) {
    expect(parseProgramMessage(value)).toBeNull()
  }
  expect(parseProgramMessage({ type: 'audio', timestampUs: 1, data: Uint8Array.of(1) })).not.toBeNull()
})
