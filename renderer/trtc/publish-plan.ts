import type { TRTCPublishTarget, TRTCStreamEncoderParam, TRTCStreamMixingConfig, TRTCUser, TRTCVideoLayout } from 'trtc-electron-sdk'
import { RESOLUTIONS, type Profile } from '../../electron/shared/profile'
import type { Box } from '../../electron/shared/seat-layout'
import { AUDIO_BITRATE_KBPS, AUDIO_CHANNELS, AUDIO_SAMPLE_RATE_HZ, KEY_FRAME_INTERVAL_MS } from '../../electron/shared/thresholds'
import type { TrtcTarget } from '../../electron/shared/trtc'
import { FILL, STREAM } from './constants'
import { arrangeMix, seatedOf, type MixInput, type Placed } from './mix-arrangement'

/** The three arguments of startPublishMediaStream. */
export interface PublishPlan {
  /** The package's examples give null for a mix that does not go back into a room; its type does not know that. */
  readonly target: Omit<TRTCPublishTarget, 'mixStreamIdentity'> & { readonly mixStreamIdentity: TRTCUser | null }
  readonly params: TRTCStreamEncoderParam
  readonly config: TRTCStreamMixingConfig
}

export interface PublishInput extends MixInput {
  readonly target: TrtcTarget
  readonly profile: Profile
}

/** TRTCPublishMixStreamToCdn */
const MIX_TO_CDN = 3

/** What the cloud is to push, and how it is laid out. Pure. */
export function planPublish(input: PublishInput): PublishPlan {
  const { target, profile } = input
  const { width, height } = RESOLUTIONS[profile.resolution]
  return {
    target: {
      mode: MIX_TO_CDN,
      cdnUrlList: target.relays.map(({ url, internal }) => ({ rtmpUrl: url, isInternalLine: internal })),
      mixStreamIdentity: null,
    },
    // The same for a task's whole life as long as the profile is: the cloud keeps the stream unbroken then.
    params: {
      videoEncodedWidth: width,
      videoEncodedHeight: height,
      videoEncodedFPS: profile.fps,
      videoEncodedGOP: KEY_FRAME_INTERVAL_MS / 1_000,
      videoEncodedKbps: profile.bitrateKbps,
      audioEncodedSampleRate: AUDIO_SAMPLE_RATE_HZ,
      audioEncodedChannelNum: AUDIO_CHANNELS,
      audioEncodedKbps: AUDIO_BITRATE_KBPS,
      // AAC-LC and H.264.
      audioEncodedCodecType: 0,
      videoEncodedCodecType: 0,
      videoSeiParams: '',
    },
    config: planMix(input, width, height),
  }
}

function planMix(input: PublishInput, width: number, height: number): TRTCStreamMixingConfig {
  const { userId, roomId } = input.target.ticket
  const ofRoom = (id: string, otherRoomId: string | null): TRTCUser => ({ userId: id, intRoomId: 0, strRoomId: otherRoomId ?? roomId })
  const layout = ({ from, box, fit }: Placed, index: number): TRTCVideoLayout[] => {
    const rect = pixels(box, width, height)
    if (rect === null) return []
    return [
      {
        rect,
        zOrder: index + 1,
        fillMode: fit === 'contain' ? FILL.fit : FILL.cover,
        backgroundColor: 0,
        placeHolderImage: '',
        fixedVideoUser: 'stream' in from ? ofRoom(userId, null) : ofRoom(from.userId, from.roomId),
        fixedVideoStreamType: 'stream' in from ? STREAM[from.stream] : STREAM.big,
      },
    ]
  }
  return {
    backgroundColor: 0,
    backgroundImage: '',
    videoLayoutList: arrangeMix(input).flatMap(layout),
    // Never empty: the cloud takes an empty list for everybody in the room.
    audioMixUserList: [
      ofRoom(userId, null),
      ...seatedOf(input.table)
        .filter(({ heard }) => heard)
        .map((seated) => ofRoom(seated.userId, seated.roomId)),
    ],
    watermarkList: [],
  }
}

/** Whole even pixels inside the picture; null when nothing of it is inside. */
export function pixels(box: Box, width: number, height: number): { left: number; top: number; right: number; bottom: number } | null {
  const even = (value: number, limit: number): number => Math.min(limit, Math.max(0, Math.round(value / 2) * 2))
  const left = even(box.x * width, width)
  const top = even(box.y * height, height)
  const right = even((box.x + box.width) * width, width)
  const bottom = even((box.y + box.height) * height, height)
  return right > left && bottom > top ? { left, top, right, bottom } : null
}
