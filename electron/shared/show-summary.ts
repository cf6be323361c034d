import { z } from 'zod'

/** What is told when a show is over, as it is shown and as it is exported. Null: nobody counted it. Times are UNIX ms. */

const count = z.number().int().nonnegative()

export const showSummarySchema = z.strictObject({
  title: z.string().max(200),
  startedAtMs: z.number(),
  endedAtMs: z.number(),
  sentBytes: count,
  videoFrames: count,
  droppedFrames: count,
  reconnects: count,
  viewersPeak: count.nullable(),
  viewersMean: z.number().nonnegative().nullable(),
  newFollowers: count.nullable(),
  messages: count.nullable(),
  /** Messages that the room did not get. */
  lost: count.nullable(),
  likes: count.nullable(),
  gifts: z.number().nullable(),
  coins: z.number().nullable(),
  givers: count.nullable(),
  /** Who gave most, first. */
  topGivers: z.array(z.strictObject({ userId: z.string().max(64), nick: z.string().max(200), coins: z.number(), gifts: z.number() })).max(100),
  markers: z.array(z.strictObject({ atMs: z.number(), label: z.string().max(200) })).max(500),
})
export type ShowSummary = z.infer<typeof showSummarySchema>

export const SUMMARY_FORMATS = ['csv', 'json'] as const
export type SummaryFormat = (typeof SUMMARY_FORMATS)[number]

/** The whole text of an exported file. The names in it are for programs, and the same in every language. */
export function summaryText(summary: ShowSummary, format: SummaryFormat): string {
  return format === 'json' ? `${JSON.stringify({ v: 1, ...summary }, null, 2)}\n` : csv(summary)
}

/** A name for the file that sorts by time and is legal everywhere. */
export function summaryFileName({ title, startedAtMs }: ShowSummary, format: SummaryFormat): string {
  const time = new Date(startedAtMs).toISOString().slice(0, 16).replace('T', ' ').replace(':', '.')
  const shown = title
    .replace(/[\p{Cc}<>:"/\\|?*]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 60)
    .replace(/[. ]+$/, '')
  return `AnchorDesk ${time}${shown === '' ? '' : ` ${shown}`}.${format}`
}

/** Rows of what, of whom or which, and how much. With a mark of UTF-8, without which Excel takes it for something else. */
function csv(summary: ShowSummary): string {
  const { topGivers, markers, title, startedAtMs, endedAtMs, ...numbers } = summary
  const rows: (readonly (string | number)[])[] = [
    ['what', 'detail', 'value'],
    ['title', '', title],
    ['startedAt', '', new Date(startedAtMs).toISOString()],
    ['endedAt', '', new Date(endedAtMs).toISOString()],
    ...Object.entries(numbers).map(([name, value]) => [name, '', value ?? 'unknown']),
    ...topGivers.flatMap(({ nick, coins, gifts }) => [
      ['giverCoins', nick, coins],
      ['giverGifts', nick, gifts],
    ]),
    ...markers.map(({ atMs, label }) => ['marker', label, new Date(atMs).toISOString()]),
  ]
  return `\uFEFF${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`
}

/** What strangers wrote must not become a formula where the file is opened. */
function cell(value: string | number): string {
  if (typeof value === 'number') return String(value)
  const plain = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}
