import type { ErrorInfo } from '../errors'
import { errorText, type Language } from './error-text'

const TEXTS = {
  en: {
    quitTitle: 'You are live.',
    quitDetail: 'Quitting ends the show for everybody who is watching.',
    keepGoing: 'Keep going',
    endAndQuit: 'End the show and quit',
    anchor: 'Anchor',
  },
  'zh-CN': { quitTitle: '正在直播。', quitDetail: '退出会为所有观众结束直播。', keepGoing: '继续直播', endAndQuit: '结束直播并退出', anchor: '主播' },
} as const

export interface MainText {
  readonly quitTitle: string
  readonly quitDetail: string
  readonly keepGoing: string
  readonly endAndQuit: string
  /** The name of an anchor who gave none. */
  readonly anchor: string
  error(error: ErrorInfo): string
}

/** Main's own few sentences. @param setting the saved choice; 'system' follows `systemLocale` */
export function mainText(setting: 'system' | Language, systemLocale: string): MainText {
  const language: Language = setting === 'system' ? (systemLocale.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en') : setting
  return {
    ...TEXTS[language],
    error: (error) => {
      const { what, remedy } = errorText(error, language)
      return `${what} ${remedy}`
    },
  }
}
