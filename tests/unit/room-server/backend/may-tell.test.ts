import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { ChatRest } from '../../../../electron/room-server/backend/chat/chat-rest'
import { systemClock, systemTimers } from '../../../../electron/room-server/backend/clock'
import { OtherRoom } from '../../../../electron/room-server/backend/pk/other-room'
import { CloudApi } from '../../../../electron/room-server/cloud/cloud-api'

const BASE = 'http://127.0.0.1:1'
type Target = ConstructorParameters<typeof ChatRest>[0]
const never = (): boolean => false
const fetched = vi.fn<typeof fetch>()
beforeEach(() => void vi.stubGlobal('fetch', fetched))
afterEach(() => void vi.unstubAllGlobals())

it('an instance that may not have its place any more speaks to nobody, and may be asked again', async () => {
  const target = { restBase: () => BASE, sdkAppId: 1, secretKey: 'key', admin: 'admin' } as unknown as Target
  await expect(new ChatRest(target, systemClock, never).call('group_open_http_svc/send_group_msg', {})).rejects.toMatchObject({ passing: true })
  const keys = { secretId: 'id', secretKey: 'key', endpoint: BASE, region: 'ap-guangzhou' }
  const cloud = new CloudApi(keys, systemClock, systemTimers, never)
  await expect(cloud.call('DescribeCloudRecording', {}, z.object({}), { again: false })).rejects.toMatchObject({ reason: 'unavailable' })
  const connected = vi.fn(() => true)
  await expect(new OtherRoom({ base: BASE, room: 'a', token: 't' }, systemTimers, never, connected).word()).rejects.toMatchObject({ fault: 'unreachable' })
  expect(connected).not.toHaveBeenCalled()
  expect(fetched).not.toHaveBeenCalled()
})
