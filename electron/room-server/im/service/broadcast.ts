import { CODES, ImError } from '../codes'
import { chatItem, checkMessageSize, type MessageBody } from '../domain/message'
import { Bucket } from '../../bucket'
import { EVENT } from '../domain/tips'
import { SIZES } from '../limits'
import { editionOf, type ImContext } from './context'

export interface BroadcastMessage {
  readonly from: string
  readonly random: number
  readonly body: MessageBody
  readonly cloudCustomData: string
}

const rates = new WeakMap<ImContext, Bucket>()

/** Says something in every AVChatRoom (im:49440). Returns its number. @throws ImError 10007 outside of the edition, 10023 too often, 80002 */
export async function broadcast(context: ImContext, message: BroadcastMessage): Promise<number> {
  const { broadcastsPerSecond } = editionOf(context)
  if (broadcastsPerSecond === 0) throw new ImError(CODES.NO_PERMISSION, 'this edition has no broadcast')
  checkMessageSize(message.body, message.cloudCustomData, SIZES.broadcast)
  const bucket = rates.get(context) ?? new Bucket(broadcastsPerSecond, broadcastsPerSecond, context.nowMs())
  rates.set(context, bucket)
  if (!bucket.take(context.nowMs())) throw new ImError(CODES.SENT_TOO_FAST, `more than ${broadcastsPerSecond} broadcasts a second`)
  const sender = await context.accounts.ensure(message.from, context.nowSec())
  const person = context.accounts.person(message.from)
  const atSec = context.nowSec()
  const msgSeq = context.sequence.next()
  const facts = { msgSeq, from: message.from, tinyId: sender.tinyId, random: message.random, clientTime: atSec, atSec }
  await Promise.all(
    [...context.rooms.all()].map((room) => {
      const item = chatItem(
        {
          groupId: room.group.groupId,
          groupName: room.group.profile.name,
          from: message.from,
          nick: person.nick,
          image: person.image,
          priority: 'High',
          body: message.body,
          cloudCustomData: message.cloudCustomData,
          clientSeq: 0,
        },
        facts,
        EVENT.broadcast,
      )
      return context.feed.append(room, context.sequence.next(), EVENT.broadcast, item, null)
    }),
  )
  return msgSeq
}
