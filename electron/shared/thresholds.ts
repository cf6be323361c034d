/** The house's numbers in one place. Units stand in the names. */

/** Encoding (media-notes: a 2 s key-frame interval bounds recovery after drops, reconnects and a viewer's start). */
export const KEY_FRAME_INTERVAL_MS = 2_000
export const AUDIO_SAMPLE_RATE_HZ = 48_000
export const AUDIO_CHANNELS = 2
export const AUDIO_BITRATE_KBPS = 160
export const AAC_FRAME_SAMPLES = 1_024

export const VIDEO_BITRATE_KBPS = { min: 300, max: 20_000 } as const
export const VIDEO_FPS = { min: 10, max: 60 } as const

/** Publisher. Sources: media-notes "What the publisher must do". */
export const PUBLISH = {
  connectTimeoutMs: 8_000,
  /** A link that moves nothing this long is dead. Must be noticed within 10 s. */
  stallTimeoutMs: 8_000,
  stopTimeoutMs: 300,
  /** Back-off is reset only after this long of stable publishing, else "accepts then closes" hammers the server. */
  stableAfterMs: 5_000,
  windowAckSizeBytes: 16 * 1024,
  outChunkSizeBytes: 60_000,
  /** Media that may be un-acknowledged: one second's worth, within these bounds. */
  unackedMinBytes: 128 * 1024,
  /** Above this queue the encoder is told a lower bitrate; above `queueMaxMs` whole groups of pictures are dropped. */
  queueAdaptMs: 500,
  queueMaxMs: 1_500,
  /** Share of the acknowledged rate that the encoder is told. */
  adaptFactor: 0.85,
  recoverStep: 0.1,
  recoverEveryMs: 4_000,
  minVideoKbps: 250,
  statsEveryMs: 500,
} as const

/** Reconnect delays (LiveKit's table); stays at the last while the fault lasts, never beyond 15 s while live (ux.md §4). */
export const RECONNECT_DELAYS_MS = [0, 300, 800, 1_200, 1_500, 1_500, 1_500, 1_500, 2_700, 4_800, 7_000] as const

/** Slate goes on air when no program chunk came for this long. Bar: within 1 s. */
export const SLATE_AFTER_MS = 600

/** Ingest. */
export const INGEST = {
  gopCacheMaxBytes: 16 * 1024 * 1024,
  /** A viewer with more than this unsent skips to the next key frame. */
  viewerHighWaterBytes: 1024 * 1024,
  connectionsPerAddress: 16,
  viewersPerAddress: 64,
  handshakeTimeoutMs: 5_000,
  idleTimeoutMs: 15_000,
  maxMessageBytes: 8 * 1024 * 1024,
} as const

/** Sources. */
export const SOURCE = {
  /** No new frame this long while frames are due → restart. A still screen sends none: only cameras are judged by it. */
  frozenAfterMs: 3_000,
  restartDelaysMs: [0, 500, 1_000, 2_000, 5_000],
} as const

/** Gifts (ux.md §6): coins from which a card is of tier 2, 3 and 4; how long it stays; how far the chime steps back for a voice. */
export const GIFTS = {
  tierCoins: [20, 200, 500],
  cardMinMs: 3_000,
  cardPerTierMs: 500,
  /** Cards seen at once, and those that wait at most. */
  shown: 3,
  waiting: 100,
  duckDb: -12,
  /** A microphone's average level above it is a voice. */
  voiceDb: -40,
} as const

/** Supervisor: a process that dies more than `times` within `withinMs` is left alone (`process.gave-up`). */
export const RESTART_LIMIT = { times: 5, withinMs: 60_000 } as const

/** Health (ux.md §4): limits between good | fair | poor; 2 worse samples to fall, 5 better to rise, sampled every 2 s. */
export const HEALTH = {
  sampleEveryMs: 2_000,
  worseSamples: 2,
  betterSamples: 5,
  droppedShare: { fair: 0.01, poor: 0.05 },
  encoderFpsShare: { fair: 0.95, poor: 0.8 },
  frameTimeShare: { fair: 0.75, poor: 1 },
  sentFps: { fair: 20, poor: 10 },
  queueMs: { fair: 500, poor: 3_000 },
  cpuPercent: { fair: 80, poor: 95 },
  rttMs: { fair: 100, poor: 200 },
  micSilenceDb: { fair: -50 },
  /** Shorter silence is a pause in speech. */
  micSilentForMs: 20_000,
  historyMinutes: 10,
} as const

/** Go-live checks (ux.md §3). */
export const CHECKS = {
  totalBudgetMs: 8_000,
  frameRateShare: { pass: 0.9, warn: 0.6 },
  micPeakDb: { pass: -40, warn: -60 },
  /** A microphone is listened to for this long before it is called silent. */
  listenMs: 5_000,
  /** One way to a server and back; above it is far. */
  rttMs: 100,
  /** One address: connecting, TLS and the RTMP hello together. */
  lineDeadlineMs: 3_000,
  /** A picture below this variance of its luma is one flat colour. */
  flatVariance: 1,
  /** A push URL that ends sooner than this is said before going live. */
  expirySoonSec: 3_600,
  diskFreeStopBytes: 1_000_000_000,
} as const

/** What setTimeout takes, ms; beyond it Node fires at once. */
export const MAX_TIMEOUT_MS = 2 ** 31 - 1

export const IPC_MAX_BYTES = 256 * 1024
