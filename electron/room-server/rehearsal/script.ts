/** What one simulated viewer does, and when. `atMs` counts from the moment the show is on air. */
export type Act =
  | { readonly atMs: number; readonly viewer: number; readonly kind: 'come' }
  | { readonly atMs: number; readonly viewer: number; readonly kind: 'say'; readonly text: string }
  | { readonly atMs: number; readonly viewer: number; readonly kind: 'like'; readonly count: number }
  | { readonly atMs: number; readonly viewer: number; readonly kind: 'give'; readonly giftId: string; readonly count: number }
  | { readonly atMs: number; readonly kind: 'cut' }

export type RehearsalLanguage = 'en' | 'zh-CN'

export const NAMES: Readonly<Record<RehearsalLanguage, readonly string[]>> = {
  en: ['Mia', 'Jonas', 'Priya', 'Tom', 'Lena', 'Omar', 'Yuki', 'Carla', 'Ben', 'Zoe', 'Ivan', 'Ana'],
  'zh-CN': ['小明', '晓雯', '阿杰', '思思', '大鹏', '静静', '小宇', '婷婷', '老王', '可可', '阿龙', '美美'],
}

const CHAT: Readonly<Record<RehearsalLanguage, readonly string[]>> = {
  en: [
    'Hello!',
    'First time here',
    'The picture is sharp',
    'Good evening everybody',
    'Sound is fine',
    'Love this',
    'Greetings from Berlin',
    'Nice light',
    'Haha',
    'More!',
  ],
  'zh-CN': ['大家好！', '第一次来', '画面很清晰', '晚上好', '声音正常', '喜欢', '来自成都的问候', '灯光不错', '哈哈', '再来一个！'],
}

const QUESTIONS: Readonly<Record<RehearsalLanguage, readonly string[]>> = {
  en: ['How long have you been doing this?', 'Which camera is that?', 'When is the next show?', 'Can you say hello to my sister?', 'What is that behind you?'],
  'zh-CN': ['你做直播多久了？', '用的什么摄像头？', '下次什么时候播？', '能跟我妹妹打个招呼吗？', '你身后的是什么？'],
}

/** Shares of the whole at which a part begins. */
const PARTS = { come: 0.02, chat: 0.15, gifts: 0.3, questions: 0.45, cut: 0.62, back: 0.82, end: 0.96 } as const

/**
 * The rehearsal from beginning to end, in order: viewers come, talk and like; gifts; a wave of questions; the line is cut once; and what is said
 * when the picture is back. The same length gives the same script.
 */
export function rehearsalScript(durationMs: number, viewers: number, language: RehearsalLanguage): readonly Act[] {
  const at = (share: number): number => Math.round(share * durationMs)
  const spread = (from: number, to: number, index: number, of: number): number => at(from + ((to - from) * index) / of)
  const acts: Act[] = []
  for (let viewer = 0; viewer < viewers; viewer += 1) acts.push({ atMs: spread(PARTS.come, PARTS.chat, viewer, viewers), viewer, kind: 'come' })
  for (const [index, text] of CHAT[language].entries())
    acts.push({ atMs: spread(PARTS.chat, PARTS.questions, index, CHAT[language].length), viewer: index % viewers, kind: 'say', text })
  for (let index = 0; index < 12; index += 1)
    acts.push({ atMs: spread(PARTS.chat, PARTS.end, index, 12), viewer: (index * 3) % viewers, kind: 'like', count: 1 + ((index * 5) % 9) })
  const gifts = [
    ['rose', 1],
    ['clap', 5],
    ['cake', 2],
    ['fireworks', 1],
  ] as const
  for (const [index, [giftId, count]] of gifts.entries())
    acts.push({ atMs: spread(PARTS.gifts, PARTS.questions, index, gifts.length), viewer: (index + 2) % viewers, kind: 'give', giftId, count })
  for (const [index, text] of QUESTIONS[language].entries())
    acts.push({ atMs: spread(PARTS.questions, PARTS.cut, index, QUESTIONS[language].length * 2), viewer: (index + 4) % viewers, kind: 'say', text })
  acts.push({ atMs: at(PARTS.cut), kind: 'cut' })
  acts.push({ atMs: at(PARTS.back), viewer: 0, kind: 'say', text: language === 'en' ? 'There you are again' : '画面回来了' })
  acts.push({ atMs: at(PARTS.back), viewer: 1 % viewers, kind: 'give', giftId: 'rocket', count: 1 })
  return acts.sort((a, b) => a.atMs - b.atMs)
}
