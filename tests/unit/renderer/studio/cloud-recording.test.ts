// @vitest-environment happy-dom
import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, expect, it, vi } from 'vitest'
import type { CloudTasks, RoomPlace } from '../../../../electron/shared/cloud'
import type { Snapshot } from '../../../../electron/shared/snapshot'
import { RoomApiError } from '../../../../renderer/room/api-request'
import type { CrewApi } from '../../../../renderer/room/crew-api'
import CloudRecording from '../../../../renderer/studio/cloud/CloudRecording.vue'
import { useStudioRoom } from '../../../../renderer/studio/stores/studio-room'
import { byName, mounted } from './mounted'
import { snapshotWith } from './snapshot'

const PLACE: RoomPlace = { http: 'https://rooms.example.com', wire: 'wss://rooms.example.com', roomId: 'friday', watch: '', local: false }
const OFF: CloudTasks = { recording: null, relay: null }
const ON: CloudTasks = { recording: { since: 1_700_000_000, by: 'a_1' }, relay: null }
let wrapper: VueWrapper
afterEach(() => {
  wrapper.unmount()
  vi.unstubAllGlobals()
})

async function open(crew: Partial<CrewApi>, cloudChat = true): Promise<void> {
  const settings: Snapshot['settings'] = { ...snapshotWith().settings, cloud: { kind: 'team', server: PLACE.http, roomId: 'friday', cloudChat } }
  ;({ wrapper } = await mounted(CloudRecording, snapshotWith({ settings, roomPlace: PLACE })))
  useStudioRoom().crew = crew as CrewApi
  await flushPromises()
}

it('records in the cloud, and ends it', async () => {
  let now = OFF
  await open({ cloudTasks: async () => now, recordInCloud: async () => (now = ON), endCloudRecording: async () => (now = OFF) })
  expect(wrapper.text()).toContain('Not recorded in the cloud.')
  byName('button', 'Record').click()
  await flushPromises()
  expect(wrapper.text()).toContain('Recorded in the cloud since')
  byName('button', 'End recording').click()
  await flushPromises()
  expect(wrapper.text()).toContain('Not recorded in the cloud.')
})

it('says why the server does not', async () => {
  const refusal = new RoomApiError('refused', { code: 'cloud.not-set-up', message: 'This room server has no keys.', remedy: 'Start it with them.' })
  await open({ cloudTasks: async () => OFF, recordInCloud: () => Promise.reject(refusal) })
  byName('button', 'Record').click()
  await flushPromises()
  expect(wrapper.get('[role="alert"]').text()).toBe('This room server has no keys. Start it with them.')
})

it('is not offered where the room is not one of Tencent’s', async () => {
  await open({ cloudTasks: async () => OFF }, false)
  expect(wrapper.find('[data-testid="cloud-recording"]').exists()).toBe(false)
})
