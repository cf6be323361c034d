import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { UrlSource } from '../../../electron/publisher/url-source'
import type { ParsedPushUrl } from '../../../electron/shared/destination'
import type { Result } from '../../../electron/shared/errors'

const signed = (secret: string, time = '7FFFFFFF'): string => `rtmp://host/live/show?txSecret=${secret}&txTime=${time}`

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function source(
  url: string,
  refresh: boolean,
): { urls: UrlSource; wanted: ReturnType<typeof vi.fn>; got: Result<ParsedPushUrl>[]; ask(isRetry: boolean): void } {
  const wanted = vi.fn()
  const got: Result<ParsedPushUrl>[] = []
  const urls = new UrlSource(url, refresh, wanted)
  return { urls, wanted, got, ask: (isRetry) => urls.next(isRetry, (target) => got.push(target)) }
}
const keyOf = (result: Result<ParsedPushUrl> | undefined): string | undefined => (result?.ok === true ? result.value.streamKey : undefined)

describe('the address of a destination', () => {
  it('is used as it is the first time, and asked for anew before a retry', () => {
    const { urls, wanted, got, ask } = source(signed('old'), true)
    ask(false)
    expect(keyOf(got[0])).toContain('txSecret=old')
    ask(true)
    expect(wanted).toHaveBeenCalledTimes(1)
    expect(got).toHaveLength(1)
    urls.set(signed('new'))
    expect(keyOf(got[1])).toContain('txSecret=new')
    vi.advanceTimersByTime(10_000)
    expect(got).toHaveLength(2)
  })

  it('is the old one when no fresh one comes', () => {
    const { got, ask } = source(signed('old'), true)
    ask(true)
    vi.advanceTimersByTime(3_000)
    expect(keyOf(got[0])).toContain('txSecret=old')
  })

  it('that has expired is asked for at once, and told where nobody can sign it', () => {
    const expired = signed('x', '5C271099')
    const refreshing = source(expired, true)
    refreshing.ask(false)
    expect(refreshing.wanted).toHaveBeenCalled()
    const fixed = source(expired, false)
    fixed.ask(false)
    expect(fixed.got[0]).toEqual({ ok: false, error: { code: 'publish.url-expired', context: { expiredAtSec: 0x5c271099 } } })
  })

  it('is another place when more than its signature changes', () => {
    const { urls } = source(signed('a'), true)
    expect(urls.leadsTo(signed('b', '7FFFFFF0'), true)).toBe(true)
    expect(urls.leadsTo('rtmp://host/live/other?txSecret=b&txTime=7FFFFFFF', true)).toBe(false)
    expect(urls.leadsTo('rtmp://elsewhere/live/show?txSecret=a&txTime=7FFFFFFF', true)).toBe(false)
    expect(urls.leadsTo(signed('a'), false)).toBe(false)
    expect(source(signed('a'), false).urls.leadsTo(signed('b'), false)).toBe(false)
  })

  it('is no longer waited for when the wait is given up', () => {
    const { urls, got, ask } = source(signed('old'), true)
    ask(true)
    urls.cancel()
    urls.set(signed('new'))
    vi.advanceTimersByTime(10_000)
    expect(got).toEqual([])
  })
})
