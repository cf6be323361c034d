import { describe, expect, it } from 'vitest'
import { ERRORS } from '../../../electron/shared/errors'
import { errorsEn } from '../../../electron/shared/locales/errors.en'
import { errorsZh } from '../../../electron/shared/locales/errors.zh-CN'
import { en } from '../../../renderer/studio/locales/en'
import { zhCN } from '../../../renderer/studio/locales/zh-CN'

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
