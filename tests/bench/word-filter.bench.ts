import { availableParallelism, cpus } from 'node:os'
import { expect, it } from 'vitest'
import { mask, WordFilter, type WordRule } from '../../electron/room-server/backend/moderation/word-filter'
import { markdown, percentile } from './table'

const WORDS = 10_000
const ROUNDS = 1_000

/** A small generator with a fixed seed (mulberry32), so that each run measures the same words and messages. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const chance = random(7)
const between = (min: number, max: number): number => min + Math.floor(chance() * (max - min + 1))
const hanzi = (): string => String.fromCodePoint(between(0x4e00, 0x4e00 + 2_500))
const latin = (): string => String.fromCodePoint(between(0x61, 0x7a))
const text = (length: number, letter: () => string): string => Array.from({ length }, letter).join('')

it(`the word filter with ${WORDS} words`, () => {
  const rules: WordRule[] = Array.from({ length: WORDS }, (_, at) => ({
    word: at % 2 === 0 ? text(between(2, 6), hanzi) : text(between(4, 10), latin),
    action: 'mask',
  }))
  const word = (): string => rules[between(0, WORDS - 1)]?.word ?? ''
  const builds = Array.from({ length: 5 }, () => timed(() => new WordFilter(rules)))
  const filter = new WordFilter(rules)
  const kinds: [string, () => string][] = [
    ['a line of chat, Chinese (30 characters)', () => text(30, hanzi)],
    ['a line of chat, English (60 characters)', () => Array.from({ length: 10 }, () => text(5, latin)).join(' ')],
    ['with a word split by zero-width characters, masked', () => `${text(10, hanzi)}${[...word()].join('\u200b')}${text(10, hanzi)}`],
    ['nothing but words, masked (300 characters)', () => Array.from({ length: 60 }, word).join(' ').slice(0, 300)],
    ['the longest a message may be (8,000 bytes, mixed)', () => text(1_300, hanzi) + text(4_100, () => (chance() < 0.2 ? ' ' : latin()))],
    ['the same, with digits to be read as letters', () => text(1_300, hanzi) + text(4_100, () => (chance() < 0.2 ? ' ' : chance() < 0.1 ? '1' : latin()))],
  ]
  const rows = kinds.map(([name, make]) => {
    const messages = Array.from({ length: 200 }, make)
    for (const message of messages) filter.find(message)
    const costs = Array.from({ length: ROUNDS }, (_, round) => {
      const message = messages[round % messages.length] ?? ''
      return timed(() => mask(message, filter.find(message)))
    })
    return [name, ...[0.5, 0.99, 1].map((share) => percentile(costs, share).toFixed(3))]
  })
  expect(filter.find(`x ${word()} x`).length).toBeGreaterThan(0)
  console.log(
    `${cpus()[0]?.model ?? 'unknown'} × ${availableParallelism()}, Node ${process.versions.node}; ${WORDS} words built in ${percentile(builds, 0.5).toFixed(0)} ms`,
  )
  console.log(markdown(['message', 'median ms', 'p99 ms', 'max ms'], rows))
})

function timed(work: () => unknown): number {
  const start = process.hrtime.bigint()
  work()
  return Number(process.hrtime.bigint() - start) / 1e6
}
