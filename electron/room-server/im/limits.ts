/** Limits of the Chat server. Those with a source are Tencent's; the others keep a stranger from filling this machine. */

/** Sizes in bytes of UTF-8 (im:34895, im:34962, im:48174, im:53428, im:50296; a CJK character has three). */
export const SIZES = {
  userId: 32,
  groupId: 48,
  groupName: 30,
  introduction: 240,
  notification: 300,
  faceUrl: 100,
  appDataKey: 16,
  appDataValue: 512,
  attributeKeys: 16,
  attributeKey: 32,
  attributeValue: 4_096,
  attributesTotal: 16 * 1_024,
  counterKeys: 20,
  counterKey: 128,
  /** im:34381 says 12 KB, im:34959 8,000: what the newer text allows is taken. */
  message: 12 * 1_024,
  broadcast: 12_000,
  cloudCustomData: 8_000,
  banDescription: 1_000,
  profileValue: 500,
} as const

export const COUNTS = {
  mutedAtOnce: 500,
  bannedAtOnce: 20,
  banPage: 100,
  memberPage: 500,
  listedMarked: 1_000,
  marksPerGroup: 10,
  recalledAtOnce: 10,
  groupsAtOnce: 50,
  profilesAtOnce: 100,
  importedAtOnce: 100,
} as const

export const TIMES = {
  /** UserSig → A2 key; a web page that lives longer signs in again. */
  a2LifeSec: 7 * 24 * 3_600,
  /** Seconds between two hellos. Short, because the SDK looks for a lost server only when it has something to send. */
  helloIntervalSec: 4,
  /** The SDK sends a beat 10 s after the last frame it got: three missed ones and the line is dead. */
  silentSocketMs: 35_000,
  /** The SDK gives any request 15 s, the long poll too. */
  pollHoldMs: 10_000,
  /** Absent this long: offline for State and OnMemberStateChange (im:48734: heartbeat limit 30 s). */
  offlineAfterMs: 30_000,
  /** Absent this long: out of the room. A shorter cut is not a leave. */
  leaveAfterMs: 45_000,
  /** Out of the room that long ago: forgotten; before that the next request of the client brings it back. */
  awayForgottenSec: 24 * 3_600,
  duplicateRandomMs: 5 * 60_000,
  recallWithinSec: 120,
  /** im-cn:3571: C2C messages are kept for 7 days. */
  c2cKeptSec: 7 * 24 * 3_600,
  onlineNumberSec: 10,
  callbackMs: 2_000,
} as const

export const BOUNDS = {
  sockets: 12_000,
  /** Loopback is this machine's own browsers, tests and benchmarks. */
  socketsPerAddress: 256,
  socketsOfLoopback: 8_000,
  frameBytes: 128 * 1_024,
  restBodyBytes: 256 * 1_024,
  /** A client that reads less than it is sent is cut here. */
  unsentBytes: 4 * 1_024 * 1_024,
  /** Requests of one connection: a bucket that refills each second. A poll every 50 ms is 20/s; a test or a robot may say a great deal. */
  requestsPerSecond: 500,
  requestBurst: 2_000,
  /** So many more refused than answered, and the line is closed. */
  refusedTooMany: 2_000,
  /** Parallel requests of one connection that wait for something. */
  waitingRequests: 1_024,
  /** A person changes rooms a few times a minute. */
  joinsPer10s: 30,
  /** Well above what a room delivers, so that a robot may fill it, and no more. */
  sendsPerSecond: 240,
  sendBurst: 600,
  restPerSecond: 200,
  attributeWritesPerSecond: 5,
  groups: 10_000,
  groupsPerOwner: 1_000,
  /** What a room remembers for clients that were away. */
  logItems: 6_000,
  logBytes: 24 * 1_024 * 1_024,
  pollItems: 200,
  pollBytes: 512 * 1_024,
  /** Waiting above the rate: one second's worth, and no longer than this. */
  pendingMs: 2_000,
  /** Join and leave tips a second and room; more would drown the chat (the numbers stay right). */
  tipsPerSecond: 10,
  c2cPerUser: 2_000,
  c2cPage: 50,
  c2cConversations: 100,
  callbackQueue: 20_000,
  /** Connections to the app's server: questions each need one, news take turns. */
  callbackAskers: 512,
  callbackTellers: 16,
  accountsKept: 200_000,
} as const
