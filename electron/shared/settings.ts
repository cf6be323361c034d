import { z } from 'zod'
import { destinationSchema, MAX_DESTINATIONS } from './destination'
import { iceServerConfigSchema, MAX_ICE_SERVERS } from './ice-server'
import { cloudSettingsSchema } from './cloud'
import { DEFAULT_OVERLAY, overlaySettingsSchema } from './overlay'
import { DEFAULT_PROFILE, profileSchema } from './profile'
import { FULL_FRAME, NO_BEAUTY, sceneSchema } from './scene'
import { shortcutSettingsSchema } from './shortcuts'
import { heldStatusSchema } from './show-status'

export const languageSchema = z.enum(['system', 'en', 'zh-CN'])
export const themeSchema = z.enum(['system', 'light', 'dark'])

export const windowBoundsSchema = z.strictObject({
  x: z.number().int().nullable(),
  y: z.number().int().nullable(),
  width: z.number().int().min(1_120).max(16_384),
  height: z.number().int().min(680).max(16_384),
  maximized: z.boolean(),
})

export const giftSettingsSchema = z.strictObject({
  sound: z.boolean(),
  volume: z.number().min(0).max(1),
  goalCoins: z.number().int().min(0).max(100_000_000),
})
export type GiftSettings = z.infer<typeof giftSettingsSchema>
/** What the panic button does to the room. `slowModeSec`: seconds between two messages of one viewer, 0 = it is left as it is. */
export const panicSchema = z.strictObject({ muteAll: z.boolean(), slowModeSec: z.number().int().min(0).max(3_600), cover: z.boolean() })
export type PanicSettings = z.infer<typeof panicSchema>
const DEFAULT_PANIC: PanicSettings = { muteAll: true, slowModeSec: 30, cover: false }

/** Everything that is saved but secrets. */
export const settingsSchema = z.strictObject({
  version: z.literal(1),
  language: languageSchema,
  theme: themeSchema,
  title: z.string().max(200),
  /** The anchor's name in the room; '' = the language's word for an anchor. */
  anchorName: z.string().max(60).default(''),
  /** The set-up of the first start was gone through or put aside. A file from before there was one: so it was. */
  firstRunDone: z.boolean().default(true),
  panic: panicSchema.default(DEFAULT_PANIC),
  /** The status of the show that holds; kept here so that it outlives a crash. */
  showStatus: heldStatusSchema.nullable().default(null),
  profile: profileSchema,
  scene: sceneSchema,
  overlay: overlaySettingsSchema.default(DEFAULT_OVERLAY),
  destinations: z.array(destinationSchema).min(1).max(MAX_DESTINATIONS),
  /** The watch page and the ingest answer to other machines of the network too. */
  shareOnNetwork: z.boolean(),
  /** For co-anchors outside of the network. */
  iceServers: z.array(iceServerConfigSchema).max(MAX_ICE_SERVERS).default([]),
  /** Where the room is; null = on this machine. */
  cloud: cloudSettingsSchema.nullable().default(null),
  /** Keys that the user chose. */
  shortcuts: shortcutSettingsSchema.default({}),
  /** The chime of big gifts (volume 0–1), and the coins that a show aims at; 0 = no goal. */
  gifts: giftSettingsSchema.default({ sound: true, volume: 0.5, goalCoins: 0 }),
  window: windowBoundsSchema,
})
export type Settings = z.infer<typeof settingsSchema>

export function defaultSettings(): Settings {
  return {
    version: 1,
    language: 'system',
    theme: 'system',
    title: '',
    anchorName: '',
    firstRunDone: true,
    panic: DEFAULT_PANIC,
    showStatus: null,
    profile: DEFAULT_PROFILE,
    scene: {
      sources: [
        { kind: 'camera', id: 'camera', name: '', deviceId: null, beauty: NO_BEAUTY, visible: true, syncOffsetMs: 0, transform: FULL_FRAME },
        { kind: 'microphone', id: 'microphone', name: '', deviceId: null, echoCancellation: false, muted: false, gainDb: 0, syncOffsetMs: 0 },
      ],
    },
    overlay: DEFAULT_OVERLAY,
    destinations: [{ kind: 'local', id: 'local', name: '', enabled: true }],
    shareOnNetwork: false,
    iceServers: [],
    cloud: null,
    shortcuts: {},
    gifts: { sound: true, volume: 0.5, goalCoins: 0 },
    window: { x: null, y: null, width: 1_440, height: 900, maximized: false },
  }
}
