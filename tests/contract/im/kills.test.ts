import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { until } from '../../support/until'
import { ChatClient } from './support/chat-client'
import { Chance, countFrom } from './support/random'
import { roomName } from './support/room-name'
import { newRandom, textElement, type RestAnswer } from './support/rest-client'
import { RoomServerProcess } from './support/room-server-process'
import { hearAgain } from './support/two-clients'
import { WireClient } from './support/wire-client'

const KILLS = countFrom('ANCHORDESK_KILLS', 5)
const SEED = countFrom('ANCHORDESK_SEED', 20_261_125)
const SECONDS_A_KILL = 60
const HISTORY = 20
const KEYS = 8
const USERS = 8
const WRITE_EVERY_MS = 220
const MUTE_S = 100_000

/**
 * What the server said it had done. What was asked for and not answered when it died may or may not have happened: both are right,
 * and from then on it is what it is.
 */
class Ledger {
  readonly #acknowledged = new Map<string, string>()
  readonly #asked = new Map<string, string>()
  acknowledgements = 0

  /** @param act resolves when the server has answered with success */
  async write(key: string, value: string, act: () => Promise<unknown>): Promise<void> {
    this.#asked.set(key, value)
    await act()
    this.#acknowledged.set(key, value)
    this.#asked.delete(key)
    this.acknowledgements += 1
  }

  keys(prefix: string): string[] {
    return [...new Set([...this.#acknowledged.keys(), ...this.#asked.keys()])].filter((key) => key.startsWith(prefix))
  }

  holds(key: string): boolean {
    return this.#acknowledged.has(key)
  }

  /** Compares with what is found after a restart, and takes it as the truth. */
  settle(key: string, found: string): void {
    const possible = [this.#acknowledged.get(key), this.#asked.get(key)].filter((value) => value !== undefined)
    const absent = this.#acknowledged.has(key) ? [] : ['']
    expect([...possible, ...absent], key).toContain(found)
    this.#asked.delete(key)
    if (found === '') this.#acknowledged.delete(key)
    else this.#acknowledged.set(key, found)
  }
}

let server: RoomServerProcess
const clients: ChatClient[] = []
const visitors: WireClient[] = []

beforeAll(async () => {
  server = await RoomServerProcess.start({ delivery: 'poll' })
})
afterEach(() => {
  for (const visitor of visitors.splice(0)) visitor.close()
})
afterAll(async () => {
  for (const client of clients) await client.close()
  await server.close()
})

it(
  `killed ${KILLS} times under load, nothing acknowledged is lost and everyone is back`,
  async () => {
    const chance = new Chance(SEED)
    const rest = server.rest()
    const room = roomName('killed')
    const ledger = new Ledger()
    const said: string[] = []
    /** Said, and the server died over it: it may be in the history, for as many rounds as it takes until newer ones are. */
    const unanswered = new Set<string>()
    await rest.openRoom(room, 'anna')
    await rest.importAccounts(...Array.from({ length: USERS }, (_, i) => `user_${i}`))
    for (const userId of ['anna', 'bob']) {
      const client = await ChatClient.open(server.wire)
      clients.push(client)
      await client.login(userId, server.userSig(userId))
      await client.join(room)
    }

    let round = 0
    let count = 0
    const value = (): string => `v${(count += 1)}`
    const writers: readonly (() => Promise<void>)[] = [
      () => {
        const GroupId = `${room}_${value()}`
        return ledger.write(`group ${GroupId}`, 'there', () => rest.ok('create_group', { Owner_Account: 'anna', Type: 'AVChatRoom', Name: 'n', GroupId }))
      },
      () => {
        const field = chance.of(['Name', 'Introduction', 'Notification', 'FaceUrl'])
        const text = value()
        return ledger.write(`profile ${field}`, text, () => rest.ok('modify_group_base_info', { GroupId: room, [field]: text }))
      },
      () => {
        const key = `k${chance.below(KEYS)}`
        const text = value()
        return ledger.write(`attribute ${key}`, text, () => rest.ok('modify_group_attr', { GroupId: room, GroupAttr: [{ key, value: text }] }))
      },
      () => {
        const user = `user_${chance.below(USERS)}`
        const on = chance.below(2) === 1
        const body = { GroupId: room, Members_Account: [user], MuteTime: on ? MUTE_S : 0 }
        return ledger.write(`mute ${user}`, on ? 'on' : 'off', () => rest.ok('forbid_send_msg', body))
      },
      () => {
        const user = `user_${chance.below(USERS)}`
        const on = chance.below(2) === 1
        const body = { GroupId: room, Members_Account: [user], ...(on ? { Duration: MUTE_S, Description: '' } : {}) }
        return ledger.write(`ban ${user}`, on ? 'on' : 'off', () => rest.ok(on ? 'ban_group_member' : 'unban_group_member', body))
      },
      () => {
        const user = `user_${chance.below(USERS)}`
        const Value = value()
        const body = { From_Account: user, ProfileItem: [{ Tag: 'Tag_Profile_IM_Nick', Value }] }
        return ledger.write(`nick ${user}`, Value, () => rest.ok('profile/portrait_set', body))
      },
      async () => {
        const text = `said ${value()}`
        unanswered.add(text)
        const body = { GroupId: room, Random: newRandom(), MsgPriority: 'High', MsgBody: [textElement(text)] }
        await rest.ok('send_group_msg', body)
        unanswered.delete(text)
        said.push(text)
        ledger.acknowledgements += 1
      },
    ]

    for (round = 1; round <= KILLS; round += 1) {
      const enough = ledger.acknowledgements + 10 + chance.below(60)
      let dying = false
      const work = writers.map(async (write) => {
        while (!dying) {
          const [outcome] = await Promise.allSettled([write(), pause()])
          if (outcome.status === 'rejected' && !dying) throw outcome.reason
        }
      })
      const over = Promise.all(work)
      await until(() => (ledger.acknowledgements >= enough ? true : null), 20_000, 'some work to be done')
      dying = true
      await server.stop('SIGKILL')
      await over
      await server.startAgain()
      const backMs = performance.now()

      const text = `round ${round}`
      await rest.ok('send_group_msg', { GroupId: room, Random: newRandom(), MsgPriority: 'High', MsgBody: [textElement(text)] })
      said.push(text)
      for (const client of clients) await hearAgain(client, text, backMs)
      await check(room, ledger, said, unanswered)
    }

    await clients[1]?.say(room, 'we made it')
    for (const client of clients.slice(0, 1)) await hearAgain(client, 'we made it')
    for (const client of clients) {
      const heard = new Set(client.texts(room))
      expect(
        said.filter((text) => !heard.has(text)),
        'of what was said, lost',
      ).toEqual([])
    }
  },
  KILLS * SECONDS_A_KILL * 1_000,
)

async function check(room: string, ledger: Ledger, said: readonly string[], unanswered: ReadonlySet<string>): Promise<void> {
  const rest = server.rest()
  const groups = ledger.keys('group ').map((key) => key.slice('group '.length))
  for (let at = 0; at < groups.length; at += 50) {
    const GroupIdList = groups.slice(at, at + 50)
    const { GroupInfo } = await rest.call<{ GroupInfo: readonly { GroupId: string; ErrorCode: number }[] }>('get_group_info', { GroupIdList })
    for (const { GroupId, ErrorCode } of GroupInfo) ledger.settle(`group ${GroupId}`, ErrorCode === 0 ? 'there' : '')
  }
  const { GroupInfo } = await rest.ok<{ GroupInfo: readonly Record<string, string>[] }>('get_group_info', { GroupIdList: [room] })
  for (const key of ledger.keys('profile ')) ledger.settle(key, nameless(GroupInfo[0]?.[key.slice('profile '.length)] ?? ''))
  const { GroupAttrAry } = await rest.ok<{ GroupAttrAry: readonly { key: string; value: string }[] }>('group_open_attr_http_svc/get_group_attr', {
    GroupId: room,
  })
  const attributes = new Map(GroupAttrAry.map(({ key, value }) => [key, value]))
  for (const key of ledger.keys('attribute ')) ledger.settle(key, attributes.get(key.slice('attribute '.length)) ?? '')
  const muted = await accounts('get_group_muted_account', 'MutedAccountList', room)
  for (const key of ledger.keys('mute ')) ledger.settle(key, onOff(ledger, key, muted.has(key.slice('mute '.length))))
  const banned = await accounts('get_group_ban_member', 'BannedAccountList', room)
  for (const key of ledger.keys('ban ')) ledger.settle(key, onOff(ledger, key, banned.has(key.slice('ban '.length))))
  const users = ledger.keys('nick ').map((key) => key.slice('nick '.length))
  const { UserProfileItem } = await rest.ok<{
    UserProfileItem: readonly { To_Account: string; ProfileItem?: readonly { Tag: string; Value: string }[] }[]
  }>('profile/portrait_get', { To_Account: users, TagList: ['Tag_Profile_IM_Nick'] })
  for (const { To_Account, ProfileItem } of UserProfileItem) ledger.settle(`nick ${To_Account}`, ProfileItem?.[0]?.Value ?? '')

  const visitor = new WireClient(`visitor_${newRandom()}`)
  visitors.push(visitor)
  await visitor.connect(server.wire)
  await visitor.login(server.userSig(visitor.userId))
  await visitor.join(room)
  const known = new Set(said)
  const history = visitor.texts().slice(0, HISTORY)
  const answered = history.filter((text) => known.has(text))
  expect(answered, 'the history').toEqual(said.slice(-answered.length))
  expect(
    history.filter((text) => !known.has(text) && !unanswered.has(text)),
    'never said',
  ).toEqual([])
  expect(history.length).toBeGreaterThanOrEqual(Math.min(said.length, HISTORY))
}

async function accounts(command: string, list: string, room: string): Promise<Set<string>> {
  const answer = await server.rest().ok<RestAnswer & Record<string, unknown>>(command, { GroupId: room, Limit: 100, Offset: 0 })
  return new Set((answer[list] as readonly { Member_Account: string }[]).map((one) => one.Member_Account))
}

/** The room takes 40 messages a second, and its attributes five writes. */
function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, WRITE_EVERY_MS))
}

/** The name that the room was created with counts as none. */
function nameless(text: string): string {
  return text === 'Friday night' ? '' : text
}

/** Nothing written yet and "off" look the same from outside. */
function onOff(ledger: Ledger, key: string, found: boolean): string {
  return found ? 'on' : ledger.holds(key) ? 'off' : ''
}
