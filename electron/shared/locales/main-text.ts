import type { ErrorInfo } from '../errors'
import { errorText, type Language } from './error-text'

const TEXTS = {
  en: {
    quitTitle: 'You are live.',
    quitDetail: 'Quitting ends the show for everybody who is watching.',
    keepGoing: 'Keep going',
    endAndQuit: 'End the show and quit',
    anchor: 'Anchor',
    joinTitle: 'You are a co-anchor in a show.',
    joinDetail: 'Opening the link ends your visit there.',
    stayThere: 'Stay there',
    openLink: 'Open the link',
  },
  'zh-CN': {
    quitTitle: '正在直播。',
    quitDetail: '退出会为所有观众结束直播。',
    keepGoing: '继续直播',
    endAndQuit: '结束直播并退出',
    anchor: '主播',
    joinTitle: '你正在一场直播中连麦。',
    joinDetail: '打开此链接会结束那边的连麦。',
    stayThere: '留在那里',
    openLink: '打开链接',
  },
} as const

export interface MainText {
  readonly quitTitle: string
  readonly quitDetail: string
  readonly keepGoing: string
  readonly endAndQuit: string
  /** The name of an anchor who gave none. */
  readonly anchor: string
  readonly joinTitle: string
  readonly joinDetail: string
  readonly stayThere: string
  readonly openLink: string
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
