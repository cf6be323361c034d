import { z } from 'zod'
import type { ChatTarget } from '../backend/config'
import { ANCHOR_PRIVILEGES, signPrivateMapKey } from '../private-map-key'
import { signUserSig } from '../usersig'
import type { CloudApi } from './cloud-api'

const startedSchema = z.object({ TaskId: z.string().min(1).max(512) })
const stoppedSchema = z.looseObject({})

/** The cloud ends a task by itself when nobody has sent into the room for so long, seconds. */
const MAX_IDLE_SEC = 300
/** A robot's UserSig has to outlive the longest show. */
const ROBOT_SIG_SEC = 7 * 24 * 3_600

/** The two families of calls number the kinds of rooms the other way round. */
const STRING_ROOM = { recording: 0, relay: 1 } as const

export interface RelayTarget {
  /** Signed: a secret. */
  readonly url: string
  /** Tencent's own CSS, as against another CDN (which costs, and is open on request only). */
  readonly internal: boolean
}

/** What the cloud does with a TRTC room when it is asked to (API 2019-07-22). All methods throw CloudApiError. */
export class TrtcTasks {
  readonly #api: CloudApi
  readonly #chat: Pick<ChatTarget, 'sdkAppId' | 'secretKey'>

  constructor(api: CloudApi, chat: Pick<ChatTarget, 'sdkAppId' | 'secretKey'>) {
    this.#api = api
    this.#chat = chat
  }

  /** Records the room, all anchors in one picture, into the account's VOD. @returns TaskId */
  async startRecording(roomId: string, nowSec: number): Promise<string> {
    const { sdkAppId } = this.#chat
    const robot = this.#robot('rec', roomId, nowSec)
    const body = {
      SdkAppId: sdkAppId,
      RoomId: roomId,
      RoomIdType: STRING_ROOM.recording,
      UserId: robot.userId,
      UserSig: robot.userSig,
      PrivateMapKey: robot.privateMapKey,
      RecordParams: { RecordMode: 2, StreamType: 0, MaxIdleTime: MAX_IDLE_SEC },
      MixTranscodeParams: {
        VideoParams: { Width: 1_280, Height: 720, Fps: 30, BitRate: 2_500_000, Gop: 2 },
        AudioParams: { SampleRate: 1, Channel: 2, BitRate: 128_000 },
      },
      MixLayoutParams: { MixLayoutMode: 3 },
      StorageParams: { CloudVod: { TencentVod: { ExpireTime: 0, MediaType: 0, UserDefineRecordId: roomId } } },
    }
    return (await this.#api.call('CreateCloudRecording', body, startedSchema, { again: false })).TaskId
  }

  async stopRecording(taskId: string): Promise<void> {
    await this.#api.call('DeleteCloudRecording', { SdkAppId: this.#chat.sdkAppId, TaskId: taskId }, stoppedSchema, { again: true })
  }

  /**
   * Sends what one user sends into the room on to a CDN, as it is: for a room whose anchor pushes RTMP into it, and has no SDK to ask for it.
   * @returns TaskId
   */
  async startRelay(roomId: string, userId: string, targets: readonly RelayTarget[], nowSec: number): Promise<string> {
    const { userId: robot, userSig } = this.#robot('relay', roomId, nowSec)
    const body = {
      SdkAppId: this.#chat.sdkAppId,
      RoomId: roomId,
      RoomIdType: STRING_ROOM.relay,
      AgentParams: { UserId: robot, UserSig: userSig, MaxIdleTime: MAX_IDLE_SEC },
      WithTranscoding: 0,
      // The sound is always made anew, and has to be told how.
      AudioParams: { AudioEncode: { SampleRate: 48_000, Channel: 2, BitRate: 128 } },
      ...this.#relayed(roomId, userId, targets),
    }
    return (await this.#api.call('StartPublishCdnStream', body, startedSchema, { again: false })).TaskId
  }

  /** Other addresses for a relay that runs; an address that changes is connected anew. @param sequence larger than that of the update before */
  async updateRelay(task: { taskId: string; sequence: number }, roomId: string, userId: string, targets: readonly RelayTarget[]): Promise<void> {
    const body = {
      SdkAppId: this.#chat.sdkAppId,
      TaskId: task.taskId,
      SequenceNumber: task.sequence,
      WithTranscoding: 0,
      ...this.#relayed(roomId, userId, targets),
    }
    await this.#api.call('UpdatePublishCdnStream', body, stoppedSchema, { again: true })
  }

  async stopRelay(taskId: string): Promise<void> {
    await this.#api.call('StopPublishCdnStream', { SdkAppId: this.#chat.sdkAppId, TaskId: taskId }, stoppedSchema, { again: true })
  }

  #relayed(roomId: string, userId: string, targets: readonly RelayTarget[]): object {
    return {
      SingleSubscribeParams: { UserMediaStream: { UserInfo: { RoomId: roomId, RoomIdType: STRING_ROOM.relay, UserId: userId }, StreamType: 0 } },
      PublishCdnParams: targets.map(({ url, internal }) => ({ PublishCdnUrl: url, IsTencentCdn: internal ? 1 : 0 })),
    }
  }

  /** As whom the cloud goes into the room: a user of its own for each task, or a second task would end the first. */
  #robot(kind: 'rec' | 'relay', roomId: string, nowSec: number): { userId: string; userSig: string; privateMapKey: string } {
    const { sdkAppId, secretKey: key } = this.#chat
    // 32 bytes at most, and a room id may have 48.
    const userId = `${kind}_${roomId}`.slice(0, 23) + `_${nowSec.toString(36)}`
    const note = { sdkAppId, key, userId, expireSec: ROBOT_SIG_SEC, nowSec }
    return { userId, userSig: signUserSig(note), privateMapKey: signPrivateMapKey({ ...note, room: roomId, privileges: ANCHOR_PRIVILEGES }) }
  }
}
