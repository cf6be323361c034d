/**
 * Error codes as Tencent documents them (error code tables im:34348, product/679/131708 and the Web SDK's own table). A client written for
 * the cloud decides by the number, so a code here is part of the protocol. Texts are ours.
 */
export const CODES = {
  /** The web client is signed out; comes with `KickType`. */
  KICKED: 1002,
  INTERNAL: 10002,
  UNKNOWN_COMMAND: 10003,
  INVALID_PARAMETER: 10004,
  TOO_MANY_ACCOUNTS: 10005,
  NO_PERMISSION: 10007,
  NO_SUCH_GROUP: 10010,
  INVALID_GROUP_ID: 10015,
  REFUSED_BY_APP: 10016,
  MUTED: 10017,
  NO_SUCH_ACCOUNT: 10019,
  GROUP_ID_TAKEN: 10021,
  SENT_TOO_FAST: 10023,
  GROUP_ID_YOURS: 10025,
  NO_SUCH_MESSAGE: 10030,
  RECALL_TOO_LATE: 10031,
  TOO_MANY_GROUPS: 10036,
  ATTRIBUTES_TOO_FAST: 10049,
  NO_SUCH_ATTRIBUTE: 10050,
  ATTRIBUTE_CONFLICT: 10056,
  NOT_IN_EDITION: 10059,
  C2C_NO_PERMISSION: 20001,
  C2C_INVALID_ACCOUNT: 20003,
  C2C_MUTED: 20012,
  C2C_RECALL_TOO_LATE: 20016,
  C2C_NO_SUCH_MESSAGE: 20022,
  PROFILE_INVALID: 40001,
  PROFILE_NO_SUCH_ACCOUNT: 40003,
  PROFILE_NO_SUCH_TAG: 40004,
  BAD_URL: 60002,
  BAD_JSON: 60003,
  BAD_ACCOUNT_IN_URL: 60004,
  WRONG_APP: 60006,
  REST_TOO_FREQUENT: 60007,
  NO_SUCH_COMMAND: 60009,
  NOT_ADMIN: 60010,
  NO_APP_IN_URL: 60012,
  SERVICE_TOO_FREQUENT: 60022,
  SIGNATURE_EXPIRED: 70001,
  ACCOUNT_NOT_IMPORTED: 70107,
  TOO_MANY_ACCOUNTS_KEPT: 70398,
  ACCOUNT_INVALID: 70402,
  MESSAGE_TOO_LONG: 80002,
  OPENIM_BAD_JSON: 90001,
  OPENIM_BAD_BODY: 90002,
  OPENIM_BAD_SENDER: 90008,
  OPENIM_NO_SUCH_RECEIVER: 90012,
} as const

/** A request that is refused; the client gets the code and the text. */
export class ImError extends Error {
  readonly code: number
  /** Further fields of the answer. */
  readonly fields: Readonly<Record<string, unknown>>

  constructor(code: number, info: string, fields: Readonly<Record<string, unknown>> = {}) {
    super(info)
    this.name = 'ImError'
    this.code = code
    this.fields = fields
  }
}

/** @throws ImError 10004 */
export function invalid(info: string): never {
  throw new ImError(CODES.INVALID_PARAMETER, info)
}
