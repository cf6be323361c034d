import { createPinia, setActivePinia } from 'pinia'
import type { Muted, Penalties, PersonCard, Word, WordTest } from '../../../../../electron/shared/crew-api'
import type { ChatRow } from '../../../../../renderer/room/chat-store'
import type { CrewApi, PenaltyTerm } from '../../../../../renderer/room/crew-api'
import { useStudioRoom } from '../../../../../renderer/studio/stores/studio-room'
import { fakeMain, type FakeMain } from '../mounted'
import { snapshotWith } from '../snapshot'

/** A backend that writes down what it is asked, and keeps what holds. `gate`: answers wait for it. `fail`: thrown by the next call. */
export class FakeCrew implements Pick<
  CrewApi,
  | 'mute'
  | 'unmute'
  | 'remove'
  | 'unblock'
  | 'deleteMessage'
  | 'muteAll'
  | 'slowMode'
  | 'penalties'
  | 'undo'
  | 'audit'
  | 'person'
  | 'words'
  | 'replaceWords'
  | 'testWords'
> {
  readonly calls: { readonly name: string; readonly about: string | number | boolean; readonly reason: string }[] = []
  now: Penalties = { mutes: [], blocks: [], names: {}, muteAll: false, slowModeSec: 0 }
  list: readonly Word[] = []
  gate: Promise<void> = Promise.resolve()
  fail: Error | null = null
  asked = 0
  #entry = 0

  async mute(userId: string, term: PenaltyTerm, reason = ''): Promise<Muted> {
    const entry = await this.#did('mute', userId, reason)
    const penalty = { userId, scope: term.scope, until: term.scope === 'timed' ? Math.floor(Date.now() / 1_000) + term.seconds : 0, reason }
    this.now = { ...this.now, mutes: [...this.now.mutes.filter((one) => one.userId !== userId), penalty] }
    return { ...penalty, entry }
  }

  async unmute(userId: string): Promise<number> {
    const entry = await this.#did('unmute', userId)
    this.now = { ...this.now, mutes: this.now.mutes.filter((one) => one.userId !== userId) }
    return entry
  }

  async remove(userIds: readonly string[], term: PenaltyTerm, reason = ''): Promise<number> {
    const entry = await this.#did('remove', userIds.join(), reason)
    this.now = { ...this.now, blocks: [...this.now.blocks, ...userIds.map((userId) => ({ userId, scope: term.scope, until: 0, reason }))] }
    return entry
  }

  async unblock(userId: string): Promise<number> {
    const entry = await this.#did('unblock', userId)
    this.now = { ...this.now, blocks: this.now.blocks.filter((one) => one.userId !== userId) }
    return entry
  }

  deleteMessage(msgSeq: number, reason = ''): Promise<number> {
    return this.#did('delete', msgSeq, reason)
  }

  async muteAll(on: boolean, reason = ''): Promise<number> {
    const entry = await this.#did('mute-all', on, reason)
    this.now = { ...this.now, muteAll: on }
    return entry
  }

  async slowMode(seconds: number, reason = ''): Promise<number> {
    const entry = await this.#did('slow-mode', seconds, reason)
    this.now = { ...this.now, slowModeSec: seconds }
    return entry
  }

  async penalties(): Promise<Penalties> {
    this.asked += 1
    return this.now
  }

  undo(entry: number): Promise<number> {
    return this.#did('undo', entry)
  }

  async audit(): Promise<Awaited<ReturnType<CrewApi['audit']>>> {
    this.#mayFail()
    return { entries: [], names: {} }
  }

  async person(userId: string): Promise<PersonCard> {
    this.#mayFail()
    const find = (list: Penalties['mutes']) => list.find((one) => one.userId === userId) ?? null
    return {
      ...{ userId, nick: `nick of ${userId}`, avatar: '', level: 4, role: 'viewer', member: false, follows: true, joinedAt: 1 },
      mute: find(this.now.mutes),
      block: find(this.now.blocks),
    }
  }

  async words(): Promise<readonly Word[]> {
    this.#mayFail()
    return this.list
  }

  async replaceWords(words: readonly Word[]): Promise<readonly string[]> {
    this.#mayFail()
    this.list = words
    return words.filter(({ word }) => word === '!!').map(({ word }) => word)
  }

  async testWords(text: string): Promise<WordTest> {
    this.#mayFail()
    return { verdict: 'mask', shown: text.replace('darn', '****'), matches: [{ word: 'darn', action: 'mask', start: 0, end: 4 }] }
  }

  async #did(name: string, about: string | number | boolean, reason = ''): Promise<number> {
    this.calls.push({ name, about, reason })
    await this.gate
    this.#mayFail()
    this.#entry += 1
    return this.#entry
  }

  #mayFail(): void {
    const error = this.fail
    this.fail = null
    if (error !== null) throw error
  }
}

/** Stores of their own, in a room whose backend is this one. */
export function crewRoom(): { crew: FakeCrew; main: FakeMain } {
  const main = fakeMain(snapshotWith())
  setActivePinia(createPinia())
  const crew = new FakeCrew()
  useStudioRoom().crew = crew as unknown as CrewApi
  return { crew, main }
}

export function said(no: number, userId = `u-${no}`): Extract<ChatRow, { kind: 'said' }> {
  return { kind: 'said', id: `row-${no}`, msgSeq: no, userId, nick: `Nick ${no}`, level: 1, role: 'viewer', text: `text ${no}`, own: false, sending: false }
}
