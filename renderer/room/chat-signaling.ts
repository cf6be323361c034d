import type TencentCloudChat from '@tencentcloud/chat'
import type { ChatSDK } from '@tencentcloud/chat'

type Sdk = typeof TencentCloudChat

/** What comes by the SDK's signaling. Data is whatever a stranger sends. */
export type AskingNews =
  | { readonly kind: 'asked'; readonly inviteId: string; readonly from: string; readonly data: string }
  | { readonly kind: 'answered'; readonly inviteId: string; readonly accepted: boolean; readonly data: string }
  | { readonly kind: 'taken-back'; readonly inviteId: string }
  | { readonly kind: 'timed-out'; readonly inviteId: string }

/** Questions to one person and their answers. All methods reject with the SDK's error, which has a `code`. */
export interface AskingLine {
  /** @param seconds how long it stands @returns the id of the question */
  ask(userId: string, data: string, seconds: number): Promise<string>
  answer(inviteId: string, accept: boolean, data: string): Promise<void>
  takeBack(inviteId: string): Promise<void>
  /** '' = nobody knows. */
  nickOf(userId: string): Promise<string>
}

/** Reads an event's data by hand: the SDK says of it only that it is something. */
function text(data: unknown, name: string): string {
  const found = typeof data === 'object' && data !== null ? (data as Readonly<Record<string, unknown>>)[name] : undefined
  return typeof found === 'string' ? found : ''
}

/** Hears the SDK's signaling until `isCurrent` is false. */
export function listenToSignaling(sdk: Sdk, chat: ChatSDK, isCurrent: () => boolean, onNews: (news: AskingNews) => void): void {
  const on = (event: unknown, read: (data: unknown, inviteId: string) => AskingNews): void => {
    chat.addSignalingListener(String(event), ({ data }: { readonly data: unknown }) => {
      const inviteId = text(data, 'inviteID')
      if (isCurrent() && inviteId !== '') onNews(read(data, inviteId))
    })
  }
  const { TSignaling } = sdk
  on(TSignaling.NEW_INVITATION_RECEIVED, (data, inviteId) => ({ kind: 'asked', inviteId, from: text(data, 'inviter'), data: text(data, 'data') }))
  on(TSignaling.INVITEE_ACCEPTED, (data, inviteId) => ({ kind: 'answered', inviteId, accepted: true, data: text(data, 'data') }))
  on(TSignaling.INVITEE_REJECTED, (data, inviteId) => ({ kind: 'answered', inviteId, accepted: false, data: text(data, 'data') }))
  on(TSignaling.INVITATION_CANCELLED, (_data, inviteId) => ({ kind: 'taken-back', inviteId }))
  on(TSignaling.INVITATION_TIMEOUT, (_data, inviteId) => ({ kind: 'timed-out', inviteId }))
}

/** The SDK's signaling of one chat that is connected. */
export function askingOver(chat: ChatSDK): AskingLine {
  return {
    // Kept for nobody who is away: after half a minute it is of no use.
    ask: async (userId, data, seconds) =>
      ((await chat.invite({ userID: userId, data, timeout: seconds, onlineUserOnly: true })) as { readonly inviteID: string }).inviteID,
    answer: async (inviteId, accept, data) => {
      await (accept ? chat.accept({ inviteID: inviteId, data }) : chat.reject({ inviteID: inviteId, data }))
    },
    takeBack: async (inviteId) => {
      await chat.cancel({ inviteID: inviteId })
    },
    nickOf: async (userId) => {
      const { data } = (await chat.getUserProfile({ userIDList: [userId] })) as { readonly data: readonly { readonly nick?: string }[] }
      return data[0]?.nick ?? ''
    },
  }
}
