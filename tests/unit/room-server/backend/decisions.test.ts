import { describe, expect, it } from 'vitest'
import { newerThan } from '../../../../electron/room-server/backend/chat/board'
import { callbackSign } from '../../../../electron/room-server/backend/chat/callbacks'
import { Tokens } from '../../../../electron/room-server/backend/identity/tokens'
import { cutBytes } from '../../../../electron/shared/cut-bytes'
import { beginsShow, streamMoves } from '../../../../electron/room-server/backend/rooms/show'
import { API_ERRORS, ApiError, errorBody } from '../../../../electron/room-server/backend/api/api-error'
import { parseRoomServerCommandLine } from '../../../../electron/room-server/command-line'
import { CLIENT_KINDS, MESSAGE_PRIORITY, readMessageTag, readRoomMessage } from '../../../../electron/shared/room-message'

describe('the sign of a callback', () => {
  it('is the one of the document', () => {
    expect(callbackSign('xxxxyyyy', '1669872112')).toBe('17773bc39a671d7b9aa835458704d2a6db81360a5940292b587d6d760d484061')
  })
})

describe('tokens', () => {
  const tokens = new Tokens(Buffer.alloc(32, 1))
  const claims = { t: 'access', u: 'bo', r: 'viewer', m: 'program', e: 1_000, i: '' } as const

  it('say what was signed, until they end', () => {
    expect(tokens.check(tokens.sign(claims), 'access', 999)).toEqual({ ok: true, claims })
    expect(tokens.check(tokens.sign(claims), 'access', 1_000)).toEqual({ ok: false, reason: 'expired' })
    expect(tokens.check(tokens.sign(claims), 'invite', 1)).toEqual({ ok: false, reason: 'invalid' })
  })

  it('of another key, or altered anywhere, are none', () => {
    const token = tokens.sign(claims)
    expect(new Tokens(Buffer.alloc(32, 2)).check(token, 'access', 1)).toEqual({ ok: false, reason: 'invalid' })
    for (let at = 0; at < token.length; at += 1) {
      const altered = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`
      expect(tokens.check(altered, 'access', 1), String(at)).toEqual({ ok: false, reason: 'invalid' })
    }
  })
})

describe('a room', () => {
  it('follows its stream, but not against the crew', () => {
    expect(streamMoves('upcoming', '', true)).toBe('live')
    expect(streamMoves('live', '', false)).toBe('paused')
    expect(streamMoves('paused', 'media', true)).toBe('live')
    expect(streamMoves('paused', 'crew', true)).toBeNull()
    expect(streamMoves('ended', '', true)).toBeNull()
    expect(streamMoves('playback', '', false)).toBeNull()
  })

  it('begins a show when it goes live, not when a pause ends', () => {
    expect(beginsShow('upcoming', 'live')).toBe(true)
    expect(beginsShow('ended', 'live')).toBe(true)
    expect(beginsShow('paused', 'live')).toBe(false)
  })

  it('has a name for IM that is cut between characters', () => {
    expect(cutBytes('文文文', 7)).toBe('文文')
    expect(cutBytes('a👍🏽', 5)).toBe('a👍')
    expect(cutBytes('short', 30)).toBe('short')
  })
})

describe('a race of attributes', () => {
  it('leaves the newer word of each key', () => {
    const ours = new Map([
      ['status', { rev: 5 }],
      ['notice', { rev: 5 }],
      ['profile', { rev: 5 }],
    ])
    const there = new Map([
      ['status', '{"rev":6}'],
      ['notice', '{"rev":4}'],
      ['profile', 'nonsense'],
    ])
    expect([...newerThan(ours, there).keys()]).toEqual(['notice', 'profile'])
  })
})

describe('room messages', () => {
  it('of an unknown kind, another version or no form are ignored', () => {
    for (const data of [
      '',
      '{',
      'null',
      '[]',
      '{"v":1,"kind":"fireworks"}',
      '{"v":2,"kind":"unmute","userId":"bo"}',
      '{"v":1,"kind":"unmute"}',
      `{"v":1,"kind":"unmute","userId":"${'x'.repeat(20_000)}"}`,
    ])
      expect(readRoomMessage(data), data.slice(0, 40)).toBeNull()
    expect(readRoomMessage('{"v":1,"kind":"unmute","userId":"bo","more":1}')).toEqual({ v: 1, kind: 'unmute', userId: 'bo' })
    for (const data of ['', '{}', '{"live":1}', '[]']) expect(readMessageTag(data)).toBeNull()
  })

  it('are the backend’s but for likes, which are dropped first', () => {
    expect([...CLIENT_KINDS]).toEqual(['like'])
    expect(MESSAGE_PRIORITY).toMatchObject({ status: 'High', notice: 'High', gift: 'High', remove: 'High', like: 'Low' })
  })
})

describe('refusals', () => {
  it('say what happened and what to do, in both languages', () => {
    for (const [code, { en, 'zh-CN': zh }] of Object.entries(API_ERRORS)) {
      const names = (texts: readonly string[]): string[] => [...texts.join(' ').matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').sort()
      expect(names(zh), code).toEqual(names(en))
    }
    const error = new ApiError('text.too-long', { bytes: 301, limit: 300 })
    expect(errorBody(error, 'en-GB,en').message).toBe('The text has 301 bytes of UTF-8; 300 are allowed.')
    expect(errorBody(error, 'zh-CN,zh;q=0.9').message).toBe('文本为 301 字节（UTF-8），上限 300 字节。')
  })
})

describe('the command line for the cloud', () => {
  const chat = (...argv: string[]): unknown => {
    const parsed = parseRoomServerCommandLine(argv)
    return parsed.kind === 'run' ? parsed.options.chat : parsed
  }
  it('takes the address, the app and a file with its key', () => {
    expect(chat('--im', 'https://console.tim.qq.com/v4/', '--sdkappid', '1400000001', '--secret-key-file', 'key.txt', '--callback-token', 'tok')).toMatchObject(
      {
        cloudRest: 'https://console.tim.qq.com',
        app: { sdkAppId: 1_400_000_001, secretKey: null },
        secretKeyFile: 'key.txt',
        callbackToken: 'tok',
        callback: null,
      },
    )
  })
  it('takes how long an answer to a callback may take', () => {
    expect(chat('--callback-seconds', '60')).toMatchObject({ callbackSeconds: 60 })
    expect(chat()).toMatchObject({ callbackSeconds: null })
  })
  it.each([
    [['--im', 'console.tim.qq.com']],
    [['--im', 'https://console.tim.qq.com']],
    [['--sdkappid', '1400000001']],
    [['--secret-key-file', 'key.txt']],
    [['--sdkappid', '1', '--secret-key', 'x'.repeat(20), '--secret-key-file', 'key.txt']],
    [['--im', 'https://a.example', '--sdkappid', '1', '--secret-key-file', 'k', '--callback-url', 'http://b.example']],
    [['--room', 'bad room']],
    [['--callback-seconds', '0']],
    [['--callback-seconds', '61']],
    [['--callback-seconds', '2.5']],
    [['--im', 'https://a.example', '--sdkappid', '1', '--secret-key-file', 'k', '--callback-seconds', '5']],
  ])('refuses %j', (argv) => {
    expect(chat(...argv)).toMatchObject({ kind: 'error' })
  })
})
