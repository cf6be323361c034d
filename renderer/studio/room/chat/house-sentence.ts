import type { HouseRow } from '../../../room/chat-store'

/** What the house says among the messages, as a sentence. */
export function houseSentence({ message }: HouseRow, t: (key: string, values?: Record<string, unknown>) => string): string {
  switch (message.kind) {
    case 'broadcast':
      return t('chat.broadcast', { text: message.text })
    case 'draw-open':
      return t('chat.drawOpen', { title: message.title, keyword: message.keyword })
    case 'draw-result':
      return message.winners.length === 0 ? t('chat.drawNobody') : t('chat.drawResult', { names: message.winners.map(({ nick }) => nick).join(', ') })
    case 'draw-cancelled':
      return t('chat.drawCancelled')
  }
}
