import { defineStore, storeToRefs } from 'pinia'
import { computed, ref, shallowReactive, shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { writeNotice, type Notice, type NoticeResult } from '../../../../electron/shared/notice-text'
import type { RichText } from '../../../../electron/shared/room-message'
import { RoomApiError } from '../../../room/api-request'
import { refusalOf } from '../../../room/refusal'
import { useRoom } from '../../../room/room-store'
import { useStudioRoom } from '../../stores/studio-room'

export const TEXT_FIELDS = ['notice', 'introduction'] as const
export type TextField = (typeof TEXT_FIELDS)[number]

/** What IM calls them. */
const GROUP_FIELD = { notice: 'notification', introduction: 'introduction' } as const

/** A notice that did not reach the room, and why. */
export type Owed =
  | { readonly kind: 'too-long'; readonly bytes: number; readonly limit: number }
  | { readonly kind: 'image'; readonly image: string }
  | { readonly kind: 'refused'; readonly error: unknown }

export function noticeOf(text: RichText): Notice {
  return { text: text.text, images: text.form === 'rich' ? text.images : [] }
}

/** As the room would keep it; empty lines for pictures do not count. */
export function written(notice: Notice, field: TextField): NoticeResult {
  return writeNotice({ text: notice.text, images: notice.images.filter((image) => image.trim() !== '') }, GROUP_FIELD[field])
}

/** Drafts of notice and introduction: they outlive the sheet that they are written in. */
export const useNoticeDesk = defineStore('notice-desk', () => {
  const room = useStudioRoom()
  const { notice, introduction, me } = storeToRefs(useRoom())
  const drafts = shallowReactive<Record<TextField, Notice | null>>({ notice: null, introduction: null })
  const saving = ref(false)
  const owed = shallowRef<Owed | null>(null)
  const current = computed(() => ({ notice: noticeOf(notice.value), introduction: noticeOf(introduction.value) }))
  /** The backend decides; this is said beforehand. */
  const mayChange = computed(() => me.value === null || me.value.role === 'anchor' || me.value.role === 'producer')

  function textOf(field: TextField): Notice {
    return drafts[field] ?? current.value[field]
  }

  function isChanged(field: TextField): boolean {
    return JSON.stringify(textOf(field)) !== JSON.stringify(current.value[field])
  }

  function write(field: TextField, change: Partial<Notice>): void {
    drafts[field] = { ...textOf(field), ...change }
  }

  function discard(field: TextField): void {
    drafts[field] = null
  }

  /** Posts the draft. @throws RoomApiError; the draft is kept then */
  async function post(field: TextField): Promise<void> {
    const result = written(textOf(field), field)
    if (!result.ok || !isChanged(field)) return
    const posted = textOf(field)
    if (room.crew === null) throw new RoomApiError('unreachable')
    saving.value = true
    try {
      await room.crew.setText(
        field,
        posted.text,
        posted.images.filter((image) => image.trim() !== ''),
      )
      if (drafts[field] === posted) drafts[field] = null
      if (field === 'notice') owed.value = null
    } finally {
      saving.value = false
    }
  }

  /** For whoever goes on whatever becomes of it: what fails is owed, and shown until it is done. */
  async function postOrOwe(): Promise<void> {
    owed.value = null
    if (!isChanged('notice')) return
    const result = written(textOf('notice'), 'notice')
    if (!result.ok) {
      owed.value = result.reason === 'too-long' ? { kind: 'too-long', bytes: result.bytes, limit: result.limitBytes } : { kind: 'image', image: result.image }
      return
    }
    try {
      await post('notice')
    } catch (error) {
      if (!(error instanceof RoomApiError)) throw error
      owed.value = { kind: 'refused', error }
    }
  }

  /** It is not to be posted any more. */
  function forgive(): void {
    owed.value = null
    discard('notice')
  }

  return { drafts, saving, owed, current, mayChange, textOf, isChanged, write, discard, post, postOrOwe, forgive }
})

/** The sentence for a refusal of the room's API. */
export function useNoticeRefusal(): (error: unknown) => string {
  const { t } = useI18n()
  return (error) => {
    const { reason, message, remedy } = refusalOf(error)
    return reason === 'offline' ? t('notice.unreachable') : t(`refusal.${reason}`, { message, remedy })
  }
}
