import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../../support/until'
import { ROOM } from './support/cloud-backend'
import { HOUSES_WITH_POSTGRES, toldIn, type House } from './support/house'

const DEADLINE_MS = 20_000

interface Proof {
  readonly drawId: string
  readonly seed: string
  readonly entries: readonly string[]
  readonly winners: readonly string[]
}

let dir: string
let script: string
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'anchordesk-draw-'))
  // The very text that the document gives to viewers.
  const [, code] = /```js\n(.*?)```/s.exec(readFileSync(resolve('docs/draw-proof.md'), 'utf8')) ?? []
  if (code === undefined) throw new Error('the document has no script')
  expect(code.trimEnd().split('\n').length).toBeLessThanOrEqual(20)
  script = join(dir, 'check-draw.mjs')
  writeFileSync(script, code)
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

/** As a viewer runs it. @returns the exit code and what it said */
function check(proof: Proof, promised: string): Promise<{ readonly code: number; readonly says: string }> {
  const file = join(dir, 'proof.json')
  writeFileSync(file, JSON.stringify(proof))
  return new Promise((done) => {
    execFile(process.execPath, [script, file, promised], (error, stdout) => done({ code: error === null ? 0 : Number(error.code), says: stdout.trim() }))
  })
}

describe.each(HOUSES_WITH_POSTGRES)('the proof of a draw with $name', ({ open }) => {
  let house: House
  beforeEach(async () => {
    house = await open()
  })
  afterEach(() => house.close())

  it('is right for the script of the document, and wrong when anything of it is altered', async () => {
    const anchor = await house.anchor()
    await anchor.ok('PUT', `/api/rooms/${ROOM}/status`, { status: 'live' })
    const people = await Promise.all(['Bo', 'Cy', 'Di', 'Ed', 'Flo', 'Gil'].map((nick) => house.guest(nick)))
    const { drawId } = await anchor.ok<{ drawId: string }>('POST', `/api/rooms/${ROOM}/draws`, { keyword: 'me', seconds: 60, winners: 2 })
    for (const person of people) {
      await house.join(person)
      expect(await house.say(person, 'me')).toBe(0)
    }
    // What was told before the draw, to everybody.
    const { commitment } = await until(
      () => (toldIn(house).find(({ kind }) => kind === 'draw-open') as { readonly commitment: string } | undefined) ?? null,
      DEADLINE_MS,
      'the draw to be told',
    )
    await until(
      async () => {
        const { history } = await anchor.snapshot(ROOM)
        return history.length === people.length ? true : null
      },
      DEADLINE_MS,
      'all to be heard',
    )
    await anchor.ok('POST', `/api/rooms/${ROOM}/draws/${drawId}/finish`, {})
    const proof = await (await house.guest('Any Viewer')).ok<Proof>('GET', `/api/rooms/${ROOM}/draws/${drawId}/proof`)
    expect(proof.entries).toHaveLength(people.length)
    expect(await check(proof, commitment)).toEqual({ code: 0, says: `The draw is right: ${proof.winners.join(', ')}` })

    const [first, second] = proof.winners
    if (first === undefined || second === undefined) throw new Error('nobody has won')
    const others = proof.entries.filter((userId) => !proof.winners.includes(userId))
    const altered: readonly [string, Proof, string][] = [
      ['a winner who is taken off the list', { ...proof, entries: proof.entries.filter((userId) => userId !== first) }, commitment],
      ['somebody in twice', { ...proof, entries: [...proof.entries, others[0] ?? ''] }, commitment],
      ['another winner', { ...proof, winners: [first, others[0] ?? ''] }, commitment],
      ['another order of the winners', { ...proof, winners: [second, first] }, commitment],
      ['another seed', { ...proof, seed: '00'.repeat(32) }, commitment],
      ['another promise', proof, '0'.repeat(64)],
    ]
    for (const [what, wrong, promised] of altered) {
      const { code, says } = await check(wrong, promised)
      expect([code, says.startsWith('The draw is WRONG: ')], `${what}: ${says}`).toEqual([1, true])
    }
  })
})
