/**
 * Every failure a user may meet has a code here. A code names its domain and what happened; whether waiting can
 * help (`permanent: false`) or a person has to act (`permanent: true`, never retried). The sentences (what happened,
 * what still works, the one thing to do) stand in `locales/` under the same code.
 */
export const ERRORS = {
  /** The address is not one we can push to. Context: { url } (masked) */
  'publish.url-invalid': { permanent: true },
  /** The push URL's txTime has passed. Context: { expiredAtSec } */
  'publish.url-expired': { permanent: true },
  /** The server refused the key or the signature (NetStream.Publish.Denied, connect rejected). Context: { reason } */
  'publish.denied': { permanent: true },
  /** The server closes the connection each time right after publish was accepted: a wrong or expired key at a CDN. Context: { reason, times } */
  'publish.rejected': { permanent: true },
  /** Another encoder publishes with the same key (NetStream.Publish.BadName). A dead session of ours frees itself. */
  'publish.bad-name': { permanent: false },
  /** The host name has no address. Context: { host } */
  'publish.dns': { permanent: false },
  /** Nobody listens at the address. Context: { host, port } */
  'publish.refused': { permanent: false },
  /** No answer within the deadline. Context: { host, port, phase } */
  'publish.timeout': { permanent: false },
  /** The certificate of an rtmps server is not valid. Context: { reason } */
  'publish.tls': { permanent: true },
  /** The answer was not RTMP. Context: { reason } */
  'publish.protocol': { permanent: false },
  /** The server or the network closed the connection. Context: { reason } */
  'publish.closed': { permanent: false },
  /** Nothing was acknowledged or written for the stall deadline. Context: { seconds } */
  'publish.stalled': { permanent: false },
  /** The line carries less than the lowest useful bitrate. Context: { ackedKbps, wantedKbps } */
  'publish.line-too-slow': { permanent: false },

  /** The system or the user denied camera, microphone or screen. Context: { device } */
  'source.permission-denied': { permanent: true },
  /** No such device is plugged in. Context: { device } */
  'source.not-found': { permanent: false },
  /** Another program holds the device. Context: { device } */
  'source.in-use': { permanent: false },
  /** The device was unplugged, the window closed. It comes back by itself. Context: { device } */
  'source.lost': { permanent: false },
  /** No new frame for the watchdog's deadline; the source is being restarted. Context: { ageMs } */
  'source.frozen': { permanent: false },
  /** The image file cannot be read as a picture. Context: { file } */
  'source.image-unreadable': { permanent: true },
  /** The platform gives no sound of the system. */
  'source.system-audio-unsupported': { permanent: true },
  /** Any other failure of a source. Context: { reason } */
  'source.failed': { permanent: false },

  /** No H.264 encoder takes this profile. Context: { width, height, fps } */
  'encoder.unsupported': { permanent: true },
  /** The encoder threw and is being restarted. Context: { reason } */
  'encoder.failed': { permanent: false },
  /** The encoder or compositor falls behind. Context: { fps, targetFps } */
  'encoder.overloaded': { permanent: false },

  /** The stage process died and is being restarted; viewers see the slate. */
  'stage.crashed': { permanent: false },
  /** The publisher process died and is being restarted. */
  'publisher.crashed': { permanent: false },
  /** The room server died and is being restarted. */
  'room-server.crashed': { permanent: false },
  /** The studio window died and was reloaded; the broadcast went on. */
  'studio.crashed': { permanent: false },
  /** A process died again and again and is left alone. Context: { process } */
  'process.gave-up': { permanent: true },

  /** A port asked for is taken. Context: { port, use } */
  'room-server.port-busy': { permanent: true },
  /** Any other failure to start the room server. Context: { reason } */
  'room-server.failed': { permanent: true },
  /** The room's chat on this machine is not there, or did not answer. */
  'room.unavailable': { permanent: false },

  /** The settings file could not be read; the last good copy is in use. Context: { file, backup } */
  'settings.recovered': { permanent: false },
  /** Neither the settings file nor its copy could be read; defaults are in use and the broken file was kept. Context: { file, backup } */
  'settings.reset': { permanent: false },
  /** Settings could not be written; the change holds until the app quits. Context: { reason } */
  'settings.write-failed': { permanent: false },
  /** The disk is full. Context: { path } */
  'disk.full': { permanent: false },
  /** A file that was to be exported could not be written. Context: { file, reason } */
  'export.failed': { permanent: false },
  /** The keys that were kept cannot be read (another user, another machine, a damaged file); the file was set aside. Context: { backup, reason } */
  'secrets.unreadable': { permanent: false },
  /** A key could not be written; it holds until the app quits. Context: { reason } */
  'secrets.not-saved': { permanent: false },
  /** The system has no key store: secrets are kept only until the app quits. */
  'secrets.session-only': { permanent: false },

  /** More destinations than one show can have. Context: { limit } */
  'destination.limit': { permanent: true },

  /** More STUN and TURN servers than co-anchors can be told. Context: { limit } */
  'ice-server.limit': { permanent: true },
  /** What was entered is no address of a STUN or TURN server. */
  'ice-server.address-invalid': { permanent: true },
  /** A TURN server without a user name. */
  'ice-server.user-missing': { permanent: true },
  /** A TURN server whose credential was not given, or was lost. */
  'ice-server.credential-missing': { permanent: true },
  /** The part of the app that would test it is not there, or did not answer. */
  'ice-server.untested': { permanent: false },

  /** Markers are set in a running show. */
  'marker.off-air': { permanent: true },
  /** More markers than one show can have. Context: { limit } */
  'marker.limit': { permanent: true },

  /** What was pasted is no co-anchor's link. */
  'co-anchor.bad-link': { permanent: true },
  /** The other room server did not answer. Context: { host } */
  'room-link.unreachable': { permanent: false },
  /** The other room did not let this one in. Context: { reason (its own words), status (of HTTP) } */
  'room-link.refused': { permanent: true },
  /** The link is one of this very room. */
  'room-link.own-room': { permanent: true },
  /** This room could not give the other anchor a place. Context: { reason } */
  'room-link.no-place': { permanent: true },
  /** The own show goes by TRTC, and is not on: rooms are connected there only while both are. */
  'room-link.own-off-air': { permanent: true },
  /** The own show goes by TRTC, and the other one is not on. */
  'room-link.other-off-air': { permanent: true },
  /** The own show goes by TRTC, the other one does not. */
  'room-link.other-by-rtmp': { permanent: true },
  /** The other way round. */
  'room-link.other-by-trtc': { permanent: true },
  /** The other TRTC room is one of another Tencent application. Context: { own, other } (SDKAppIDs) */
  'room-link.other-app': { permanent: true },
  /** Both rooms have one name in one Tencent application, so that there is one TRTC room. Context: { room } */
  'room-link.same-trtc-room': { permanent: true },
  /** The own program took another way than the one that the rooms are connected by. */
  'room-link.way-changed': { permanent: true },

  /** What was pasted is no sign-in link. */
  'cloud.bad-link': { permanent: true },
  /** The link is plain HTTP to another machine. Context: { host } */
  'cloud.not-https': { permanent: true },
  /** The team's room server did not answer. Context: { host } */
  'cloud.unreachable': { permanent: false },
  /** It refused. Context: { host, reason } (its own words) */
  'cloud.refused': { permanent: true },
  /** It did not take the anchor's name; the one before it stays. Context: { host, reason } (its own words) */
  'cloud.name-refused': { permanent: true },
  /** Its answer was none of a room server. Context: { host } */
  'cloud.not-a-server': { permanent: true },
  /** The session at the team's room server is over: its link was ended, or the app was away for too long. Context: { host } */
  'cloud.ended': { permanent: true },
  /** Tencent's Chat does not take the own app's SDKAppID and key, or does not answer. Context: { host } */
  'cloud.app-refused': { permanent: false },
  /** The room is not changed under a running show. */
  'cloud.on-air': { permanent: true },
  /** The app's key is not there any more, or cannot be read. */
  'cloud.no-key': { permanent: true },

  /** The TRTC library is not on this machine. */
  'trtc.not-installed': { permanent: true },
  /** It is there and does not start. Context: { reason } */
  'trtc.load-failed': { permanent: true },
  /** The live room is not one of Tencent's cloud: there is no TRTC room for it. */
  'trtc.no-cloud-room': { permanent: true },
  /** The backend gave no permission for the TRTC room. Context: { reason } */
  'trtc.no-ticket': { permanent: false },
  /** The room was not entered. Context: { code } (TRTC's) */
  'trtc.enter-failed': { permanent: false },
  /** UserSig or privateMapKey was refused: another key, a wrong clock. Context: { code } */
  'trtc.signature-refused': { permanent: true },
  /** UserSig has ended. Context: { code } */
  'trtc.signature-expired': { permanent: false },
  /** No answer of TRTC in time. Context: { code } */
  'trtc.timeout': { permanent: false },
  /** The connection to TRTC is lost; the SDK tries again by itself. Context: { seconds } */
  'trtc.connection-lost': { permanent: false },
  /** Sent out of the TRTC room: by an administrator, or because this user id entered elsewhere. Context: { reason } */
  'trtc.kicked': { permanent: true },
  /** The TRTC room was dissolved. */
  'trtc.room-dissolved': { permanent: true },
  /** The cloud could not start or keep the mix or its relay. Context: { code } */
  'trtc.relay-failed': { permanent: false },
  /** The scene has what TRTC cannot carry here. Context: { source } */
  'trtc.source-unsupported': { permanent: true },
  /** Somebody else already shares a screen into this room. Context: { code } */
  'trtc.sub-stream-taken': { permanent: false },
  /** The rooms were not connected. Context: { code } */
  'trtc.room-connection-failed': { permanent: false },
  /** The other anchor is not in his TRTC room (any more). Context: { code } (0 = he left it) */
  'trtc.other-anchor-absent': { permanent: false },
  /** TRTC connects no more rooms with this one, or with the other. Context: { code } */
  'trtc.rooms-full': { permanent: true },
  /** The Tencent application may not connect rooms. Context: { code } */
  'trtc.rooms-not-allowed': { permanent: true },
  /** Any other failure of TRTC. Context: { code, reason } */
  'trtc.failed': { permanent: false },
  /** The TRTC process died and is being restarted. */
  'trtc.crashed': { permanent: false },

  /** A check of the last minutes stops going live. Context: { check } */
  'session.checks-stop': { permanent: true },
  /** Nothing is there to be broadcast. */
  'session.no-picture': { permanent: true },
  /** No destination is switched on. */
  'session.no-destination': { permanent: true },
  /** A step of going live took longer than its deadline. Context: { step, seconds } */
  'session.timeout': { permanent: false },
  /** The app cannot use its data folder. Context: { path, reason } */
  'start.data-folder': { permanent: true },
  /** The data folder is in use by another run of the app. Context: { path } */
  'start.running-already': { permanent: true },
  /** The app could not start. Context: { reason } */
  'start.failed': { permanent: true },

  /** A payload at a boundary did not match its schema. Context: { channel } */
  'ipc.invalid': { permanent: true },
  /** Not expected; a bug. Context: { reason } */
  internal: { permanent: false },
} as const satisfies Record<string, { permanent: boolean }>

export type ErrorCode = keyof typeof ERRORS

/** Values that may stand in an error's sentence. Never a secret: keys and query strings are masked before. */
export type ErrorContext = Readonly<Record<string, string | number>>

/** An error as it travels between processes and to the screen. */
export interface ErrorInfo {
  readonly code: ErrorCode
  readonly context: ErrorContext
}

export class AnchorError extends Error implements ErrorInfo {
  readonly code: ErrorCode
  readonly context: ErrorContext

  constructor(code: ErrorCode, options: { cause?: unknown; context?: ErrorContext } = {}) {
    super(code, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AnchorError'
    this.code = code
    this.context = options.context ?? {}
  }

  get permanent(): boolean {
    return ERRORS[this.code].permanent
  }

  toInfo(): ErrorInfo {
    return { code: this.code, context: this.context }
  }
}

export function isPermanent(error: ErrorInfo): boolean {
  return ERRORS[error.code].permanent
}

/** An error as another process tells it. A code that is not in the list above becomes `internal` with the code as its reason. */
export function knownError(told: { readonly code: string; readonly context: ErrorContext }): ErrorInfo {
  return Object.hasOwn(ERRORS, told.code)
    ? { code: told.code as ErrorCode, context: told.context }
    : { code: 'internal', context: { reason: told.code.slice(0, 64) } }
}

/** Expected failures cross a boundary as values; exceptions are for bugs. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ErrorInfo }

export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`)
}
