import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import { DEFAULT_OVERLAY, OVERLAY, plainLine, type OverlayBanner, type OverlayComment, type OverlaySettings } from '../../../../electron/shared/overlay'
import { useChat, type ChatRow, type SaidRow } from '../../../room/chat-store'
import { useGifts } from '../../../room/gift-store'
import { i18n } from '../../i18n'
import { useDesk } from '../../stores/desk'
import { useStudioRoom } from '../../stores/studio-room'
import { useGiftLane } from '../gifts/lane-store'

/** Comments whose writers are remembered: as many as can be on the picture, and some. */
const REMEMBERED = 100
/** Of a gift that is shown on the stage, too. */
const STAGE_TIER = 4

/** Whoever draws over the preview. */
export interface PreviewScreen {
  say(comments: readonly OverlayComment[]): void
  take(ids: readonly string[]): void
  banner(banner: OverlayBanner): void
}

/** What is pinned, as far as it is known: with person and number it goes when that message does. */
export interface PinTarget {
  readonly nick: string
  readonly text: string
  readonly userId?: string
  readonly msgSeq?: number
}

export interface BigGift {
  readonly userId: string
  readonly nick: string
  readonly giftId: string
  readonly count: number
}

interface Author {
  readonly userId: string
  readonly msgSeq: number
}

/**
 * What is drawn over the picture: sends what is said to where it is shown, and takes it off again when it is taken back. The settings and the pin are
 * main's. It listens as long as the window lives.
 */
export const useOverlay = defineStore('overlay', () => {
  const desk = useDesk()
  const chat = useChat()
  const gifts = useGifts()
  const settings = computed(() => desk.snapshot?.settings.overlay ?? DEFAULT_OVERLAY)
  const mode = computed(() => settings.value.comments)
  const pinned = computed(() => desk.snapshot?.overlay.pinned ?? null)
  const screen = shallowRef<PreviewScreen | null>(null)
  /** Rows that were looked at: what was there before is no news. */
  let known = keysOf(chat.rows)
  /** Whose the comments are that may still be on the picture. */
  let authors: ReadonlyMap<string, Author> = new Map()

  watch(
    () => chat.rows,
    (rows: readonly ChatRow[]) => {
      const fresh = rows.filter(mayGoOut).filter(({ id, msgSeq }) => !known.has(id) && !(msgSeq > 0 && known.has(msgSeq)))
      const present = keysOf(rows)
      known = present
      take(([id, { msgSeq }]) => !present.has(id) && !present.has(msgSeq))
      if (mode.value !== 'off') say(fresh.slice(-OVERLAY.commentsPerSecond))
    },
  )

  useStudioRoom().listen((message) => {
    if (message.kind === 'retract') withdraw(({ msgSeq }) => msgSeq > 0 && msgSeq === message.msgSeq)
    else if (message.kind === 'mute') withdraw(({ userId }) => userId === message.userId)
    else if (message.kind === 'remove') withdraw(({ userId }) => message.userIds.includes(userId))
  })

  useGiftLane().onShown(({ tier, userId, nick, gift, count }) => {
    if (tier >= STAGE_TIER) giftBanner({ userId, nick, giftId: gift.giftId, count })
  })

  function say(rows: readonly SaidRow[]): void {
    const comments = rows
      .map((row) => ({ id: row.id, name: plainLine(row.nick, OVERLAY.nameChars), text: plainLine(row.text, OVERLAY.textChars) }))
      .filter(({ text }) => text !== '')
    if (comments.length === 0) return
    authors = new Map([...authors, ...rows.map(({ id, userId, msgSeq }) => [id, { userId, msgSeq }] as const)].slice(-REMEMBERED))
    if (mode.value === 'program') void desk.ask('overlay.say', { comments })
    else screen.value?.say(comments)
  }

  function take(isGone: (entry: readonly [id: string, author: Author]) => boolean): void {
    const ids = [...authors].filter(isGone).map(([id]) => id)
    if (ids.length === 0) return
    authors = new Map([...authors].filter(([id]) => !ids.includes(id)))
    screen.value?.take(ids)
    void desk.ask('overlay.take', { ids })
  }

  function withdraw(isTheirs: (author: Author) => boolean): void {
    take(([, author]) => isTheirs(author))
    if (pinned.value !== null && isTheirs(pinned.value)) unpin()
  }

  function set(change: Partial<OverlaySettings>): void {
    void desk.call('overlay.set', { ...settings.value, ...change })
  }

  function pin({ nick, text, userId = '', msgSeq = 0 }: PinTarget): void {
    void desk.call('overlay.pin', {
      pinned: { userId, msgSeq, name: plainLine(nick, OVERLAY.nameChars), text: plainLine(text, OVERLAY.textChars) },
    })
  }

  /** A row of the chat; what the room itself said, and what was taken back, is not pinned. */
  function pinRow(row: ChatRow): void {
    if (row.kind === 'said' && row.takenBack !== true) pin(row)
  }

  function unpin(): void {
    void desk.call('overlay.pin', { pinned: null })
  }

  /** Shows a big gift; the same person's same gift counts up in the banner that is there. */
  function giftBanner({ userId, nick, giftId, count }: BigGift): void {
    if (!settings.value.gifts) return
    const gift = gifts.catalogue.find((one) => one.giftId === giftId)
    const { t, locale } = i18n.global
    const sign = gift === undefined ? giftId : `${gift.emoji} ${gift.name[locale.value === 'zh-CN' ? 'zh-CN' : 'en']}`
    const banner: OverlayBanner = {
      id: `${userId} ${giftId}`.slice(0, 128),
      name: plainLine(nick, OVERLAY.nameChars),
      text: plainLine(t('overlay.gift', { gift: sign, count }), OVERLAY.textChars),
    }
    if (mode.value === 'preview') screen.value?.banner(banner)
    else void desk.ask('overlay.banner', { banner })
  }

  return { settings, mode, pinned, screen, set, pin, pinRow, unpin, giftBanner }
})

/** Ids and numbers: one's own row and its echo have one number. */
function keysOf(rows: readonly ChatRow[]): ReadonlySet<string | number> {
  return new Set(rows.filter((row) => row.kind !== 'said' || !row.sending).flatMap(({ id, msgSeq }) => (msgSeq > 0 ? [id, msgSeq] : [id])))
}

const LINK = /https?:\/\/|\bwww\./i

/** Not what was said before this window came, is not taken yet, was masked, or would lead viewers elsewhere. */
function mayGoOut(row: ChatRow): row is SaidRow {
  return row.kind === 'said' && !row.sending && !row.id.startsWith('history-') && row.id.length <= 128 && row.masked !== true && !LINK.test(row.text)
}
