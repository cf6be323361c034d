import { describe, expect, it } from 'vitest'
import { ERRORS } from '../../../electron/shared/errors'
import { errorsEn } from '../../../electron/shared/locales/errors.en'
import { errorsZh } from '../../../electron/shared/locales/errors.zh-CN'
import { en } from '../../../renderer/studio/locales/en'
import { zhCN } from '../../../renderer/studio/locales/zh-CN'
import { messages as guest } from '../../../renderer/web/guest/texts'
import { messages as watch } from '../../../renderer/web/watch/texts'

const holes = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').sort()

describe('sentences of errors', () => {
  it.each(Object.keys(ERRORS))('%s: what happened, what works, what to do, in both languages', (code) => {
    const english = errorsEn[code as keyof typeof ERRORS]
    const chinese = errorsZh[code as keyof typeof ERRORS]
    for (const part of ['what', 'works', 'remedy'] as const) {
      expect(english[part].length).toBeGreaterThan(5)
      expect(chinese[part].length).toBeGreaterThan(3)
      expect(holes(chinese[part])).toEqual(holes(english[part]))
    }
  })
})

function flat(messages: object, path = ''): [string, string][] {
  return Object.entries(messages).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'string' ? [[`${path}${key}`, value] as [string, string]] : flat(value as object, `${path}${key}.`),
  )
}

it('the studio says the same in both languages', () => {
  const english = flat(en)
  const chinese = new Map(flat(zhCN))
  expect([...chinese.keys()].sort()).toEqual(english.map(([key]) => key).sort())
  for (const [key, text] of english) {
    expect([...new Set(holes(chinese.get(key) ?? ''))], key).toEqual([...new Set(holes(text))])
    expect(text === '' || /[\u4e00-\u9fff]|^[A-Z][A-Za-z-]*$|\{/.test(chinese.get(key) ?? ''), `${key} is translated`).toBe(true)
  }
})

it.each([
  ['the studio', zhCN],
  ['the errors', errorsZh],
  ['the watch page', watch['zh-CN']],
  ['the co-anchor’s page', guest['zh-CN']],
])('%s has one Chinese word for each thing, and the familiar form for whoever reads', (_where, messages: object) => {
  const others = /您|导播|制作人|副播|连麦主播|舞台|直播间服务|词库|词表|打点|全站通知/
  expect(flat(messages).filter(([, text]) => others.test(text))).toEqual([])
})

it('the co-anchor’s page names the place in the app as the app does', () => {
  for (const [language, studio] of [
    ['en', en],
    ['zh-CN', zhCN],
  ] as const)
    expect(guest[language].insecure.app).toContain(studio.coAnchors.sheet.elsewhere)
})
