import { knownError, type ErrorCode, type ErrorInfo } from '../errors'
import { errorsEn } from './errors.en'
import { errorsZh } from './errors.zh-CN'

/** What happened · what still works · the one thing to do. */
export interface ErrorSentence {
  readonly what: string
  readonly works: string
  readonly remedy: string
}

export type ErrorSentences = Readonly<Record<ErrorCode, ErrorSentence>>

export type Language = 'en' | 'zh-CN'

/** The sentences of an error with its values put in. Never throws: a code that nobody knows reads as something unexpected. */
export function errorText(told: ErrorInfo, language: Language): ErrorSentence {
  const error = knownError(told)
  const sentence = (language === 'zh-CN' ? errorsZh : errorsEn)[error.code]
  const fill = (text: string): string => text.replace(/\{(\w+)\}/g, (_all, name: string) => String(error.context[name] ?? '?'))
  return { what: fill(sentence.what), works: fill(sentence.works), remedy: fill(sentence.remedy) }
}
