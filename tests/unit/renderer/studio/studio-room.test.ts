// @vitest-environment happy-dom
import { flushPromises } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, expect, it, vi } from 'vitest'
import type { RoomSession } from '../../../../electron/shared/room-api'
import { useStudioRoom } from '../../../../renderer/studio/stores/studio-room'
import { fakeMain } from './mounted'
import { snapshotWith } from './snapshot'

const PLACE = { http: 'https://rooms.example.com', roomId: 'friday' }

function session(token: string): RoomSession {
  const expiresAt = Date.now() / 1_000 + 24 * 3_600
  return {
    ...{ token, expiresAt, userId: 'a_1', role: 'anchor', roomId: 'friday', nick: 'Ada', avatar: '' },
    ...{ sdkAppId: 1_400_000_001, userSig: 'sig', userSigExpiresAt: expiresAt, admin: 'administrator', wire: null },
  }
}

afterEach(async () => {
  await useStudioRoom().close()
  vi.unstubAllGlobals()
})

it('the room is entered anew by a new sign-in to the same one, and asked with that session', async () => {
  const main = fakeMain(snapshotWith())
  setActivePinia(createPinia())
  const tokens: (string | undefined)[] = []
  vi.stubGlobal('fetch', (_url: string, { headers }: { headers: Record<string, string> }) => {
    tokens.push(headers['Authorization'])
    return Promise.resolve(new Response('', { status: 503 }))
  })
  const room = useStudioRoom()
  const enter = async (token: string, signIn: number): Promise<void> => {
    main.answers.set('room.session', { ok: true, value: session(token) })
    await room.follow(PLACE, signIn)
    await flushPromises()
    tokens.length = 0
    await room.crew?.penalties().catch(() => undefined)
  }
  await enter('first', 1)
  expect(tokens).toEqual(['Bearer first'])
  await enter('unasked', 1)
  expect(tokens, 'nothing is another').toEqual(['Bearer first'])
  await enter('second', 2)
  expect(tokens).toEqual(['Bearer second'])
})
