import { execFile } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  checkProof,
  draw,
  judgeEntry,
  seedHash,
  type DrawComment,
  type DrawProof,
  type DrawSetup,
} from '../../../../../electron/room-server/backend/draws/draw'

const SEED = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff'
const setup: DrawSetup = {
  drawId: 'draw-1',
  keyword: '抽我 OK',
  opensAtMs: 1_000,
  closesAtMs: 2_000,
  winners: 2,
  conditions: {},
  seedSha256: seedHash(SEED),
}
const comment: DrawComment = { userId: 'a', text: ' 快抽我 ｏｋ！', atMs: 1_500, level: 3, follows: false }
const judge = (change: Partial<DrawComment>, conditions: DrawSetup['conditions'] = {}, entered: string[] = []): string => {
  const verdict = judgeEntry({ ...setup, conditions }, new Set(entered), { ...comment, ...change })
  return verdict.ok ? 'ok' : verdict.reason
}

describe('an entry', () => {
  it.each([
    ['the keyword in other width and case', judge({}), 'ok'],
    ['no keyword', judge({ text: '抽我' }), 'no-keyword'],
    ['too early', judge({ atMs: 999 }), 'not-open-yet'],
    ['the first moment', judge({ atMs: 1_000 }), 'ok'],
    ['the end', judge({ atMs: 2_000 }), 'closed'],
    ['a second comment', judge({}, {}, ['a']), 'entered-already'],
    ['level too low', judge({}, { minLevel: 4 }), 'level-too-low'],
    ['level enough', judge({}, { minLevel: 3 }), 'ok'],
    ['not following', judge({}, { followersOnly: true }), 'not-following'],
    ['following', judge({ follows: true }, { followersOnly: true }), 'ok'],
  ])('%s', (_name, got, expected) => {
    expect(got).toBe(expected)
  })
})

const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'))
const people = fc.uniqueArray(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), { maxLength: 30 })

describe('the choice', () => {
  it('is the documented one', () => {
    const entries = ['carol', 'alice', 'bob', '李雷']
    const ticket = (userId: string): string => createHmac('sha256', Buffer.from(SEED, 'hex')).update(`draw-1\n${userId}`).digest('hex')
    const expected = entries.sort((a, b) => (ticket(a) < ticket(b) ? -1 : 1)).slice(0, 2)
    expect(draw(setup, SEED, entries).winners).toEqual(expected)
  })

  it('does not depend on the order of entries or on entering twice', () => {
    fc.assert(
      fc.property(people, seeds, fc.integer({ min: 1, max: 5 }), (entries, seed, winners) => {
        const one = { ...setup, winners, seedSha256: seedHash(seed) }
        const proof = draw(one, seed, entries)
        expect(draw(one, seed, [...entries].reverse().concat(entries))).toEqual(proof)
        expect(proof.winners.length).toBe(Math.min(winners, entries.length))
        expect(new Set(proof.winners).size).toBe(proof.winners.length)
        expect(proof.winners.every((winner) => entries.includes(winner))).toBe(true)
        expect(checkProof(proof)).toBeNull()
      }),
    )
  })

  it('only gains from fewer others: who wins among many wins among fewer', () => {
    fc.assert(
      fc.property(people, seeds, fc.nat(), (entries, seed, pick) => {
        const one = { ...setup, seedSha256: seedHash(seed) }
        const winners = draw(one, seed, entries).winners
        const loser = entries.filter((entry) => !winners.includes(entry))
        const without = entries.filter((entry) => entry !== loser[pick % Math.max(1, loser.length)])
        expect(draw(one, seed, without).winners).toEqual(winners)
      }),
    )
  })

  it('refuses another seed than the one promised, and seeds of another form', () => {
    expect(() => draw(setup, SEED.replace('0', '1'), [])).toThrow(RangeError)
    expect(() => seedHash('abc')).toThrow(RangeError)
    expect(() => seedHash(SEED.toUpperCase())).toThrow(RangeError)
  })
})

describe('the proof', () => {
  const proof = draw(setup, SEED, ['alice', 'bob', 'carol', '李雷', 'a b\n"c'])
  const forged: [string, DrawProof, string][] = [
    ['another seed', { ...proof, seed: SEED.replace('0', '1') }, 'seed'],
    ['a winner who did not enter', { ...proof, winners: ['mallory', ...proof.winners.slice(1)] }, 'winners'],
    ['winners in another order', { ...proof, winners: [...proof.winners].reverse() }, 'winners'],
    ['one winner less', { ...proof, winners: proof.winners.slice(1) }, 'winners'],
    ['an entry twice', { ...proof, entries: [...proof.entries, 'alice'] }, 'entries'],
  ]

  it.each(forged)('%s is found out', (_name, forgery, fault) => {
    expect(checkProof(forgery)).toBe(fault)
  })

  it('is checked by the script in docs/draw-proof.md, as a viewer would', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'draw-'))
    try {
      const page = await readFile(join(import.meta.dirname, '../../../../../docs/draw-proof.md'), 'utf8')
      const script = /```js\n([\s\S]*?)```/.exec(page)?.[1] ?? ''
      expect(script.trim().split('\n').length).toBeLessThanOrEqual(22)
      await writeFile(join(folder, 'check-draw.mjs'), script)
      const run = async (subject: DrawProof): Promise<string> => {
        await writeFile(join(folder, 'proof.json'), JSON.stringify(subject))
        const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' }
        return promisify(execFile)(process.execPath, ['check-draw.mjs', 'proof.json', setup.seedSha256], { cwd: folder, env }).then(
          (output) => output.stdout,
          (error: { stdout: string }) => error.stdout,
        )
      }
      expect(await run(proof)).toContain('The draw is right')
      for (const [, forgery] of forged) expect(await run(forgery)).toContain('WRONG')
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
