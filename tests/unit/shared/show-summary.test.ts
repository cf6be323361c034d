import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { exportSummary } from '../../../electron/main/summary-export'
import { showSummarySchema, summaryFileName, summaryText, type ShowSummary } from '../../../electron/shared/show-summary'

const folder = mkdtempSync(join(tmpdir(), 'anchordesk-summary-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const SUMMARY: ShowSummary = {
  title: 'Friday: "night" / 周五',
  startedAtMs: Date.UTC(2026, 10, 25, 20, 0),
  endedAtMs: Date.UTC(2026, 10, 25, 21, 30),
  sentBytes: 1_000,
  videoFrames: 100,
  droppedFrames: 1,
  reconnects: 2,
  viewersPeak: 12,
  viewersMean: 7.5,
  newFollowers: 3,
  messages: 40,
  lost: null,
  likes: 99,
  gifts: 5,
  coins: 120,
  givers: 2,
  topGivers: [
    { userId: 'g_1', nick: '=HYPERLINK("http://x")', coins: 100, gifts: 4 },
    { userId: 'g_2', nick: 'Bo, "the" one', coins: 20, gifts: 1 },
  ],
  markers: [{ atMs: Date.UTC(2026, 10, 25, 20, 5), label: 'the song' }],
}

/** As a spreadsheet reads it. */
function rows(text: string): string[][] {
  return text
    .slice(1)
    .trimEnd()
    .split('\r\n')
    .map((line) => [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].slice(0, 3).map(([, cell = '']) => cell.replace(/^"|"$/g, '').replaceAll('""', '"')))
}

describe('the summary of a show', () => {
  it('is whole in JSON', () => {
    const { v, ...read } = JSON.parse(summaryText(SUMMARY, 'json')) as ShowSummary & { v: number }
    expect(v).toBe(1)
    expect(showSummarySchema.parse(read)).toEqual(SUMMARY)
  })

  it('is one row for each number in CSV; what nobody counted is no 0, and a name is no formula', () => {
    const text = summaryText(SUMMARY, 'csv')
    expect(text.startsWith('\uFEFFwhat,detail,value\r\n')).toBe(true)
    const found = rows(text)
    expect(found).toContainEqual(['title', '', 'Friday: "night" / 周五'])
    expect(found).toContainEqual(['startedAt', '', '2026-11-25T20:00:00.000Z'])
    expect(found).toContainEqual(['viewersMean', '', '7.5'])
    expect(found).toContainEqual(['lost', '', 'unknown'])
    expect(found).toContainEqual(['giverCoins', `'=HYPERLINK("http://x")`, '100'])
    expect(found).toContainEqual(['giverGifts', 'Bo, "the" one', '1'])
    expect(found).toContainEqual(['marker', 'the song', '2026-11-25T20:05:00.000Z'])
  })

  it('goes into a file whose name every system takes', () => {
    expect(summaryFileName(SUMMARY, 'csv')).toBe('AnchorDesk 2026-11-25 20.00 Friday night 周五.csv')
    expect(summaryFileName({ ...SUMMARY, title: ' . ' }, 'json')).toBe('AnchorDesk 2026-11-25 20.00.json')
  })
})

describe('exporting it', () => {
  it('writes where the user says, or nowhere', async () => {
    const asked: string[] = []
    const file = join(folder, 'mine.json')
    const to = (answer: string | null) => ({ folder, choose: async (suggested: string) => (asked.push(suggested), answer) })
    expect(await exportSummary(SUMMARY, 'json', to(null))).toBeNull()
    expect(await exportSummary(SUMMARY, 'json', to(file))).toBe('mine.json')
    expect(asked[0]).toBe(join(folder, summaryFileName(SUMMARY, 'json')))
    expect(readFileSync(file, 'utf8')).toBe(summaryText(SUMMARY, 'json'))
  })

  it('says so when it cannot', async () => {
    const choose = async (): Promise<string> => join(folder, 'not-there', 'mine.csv')
    await expect(exportSummary(SUMMARY, 'csv', { folder, choose })).rejects.toMatchObject({
      code: 'export.failed',
      context: { file: 'mine.csv', reason: 'ENOENT' },
    })
  })
})
