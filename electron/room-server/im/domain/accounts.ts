import { CODES, ImError } from '../codes'
import { SIZES } from '../limits'

/** Tags of a profile that the SDK and the REST API read and write (im:34638); custom ones begin with Tag_Profile_Custom_. */
export const NICK_TAG = 'Tag_Profile_IM_Nick'
export const IMAGE_TAG = 'Tag_Profile_IM_Image'
const STANDARD_TAGS = new Set([
  NICK_TAG,
  IMAGE_TAG,
  'Tag_Profile_IM_Gender',
  'Tag_Profile_IM_BirthDay',
  'Tag_Profile_IM_Location',
  'Tag_Profile_IM_SelfSignature',
  'Tag_Profile_IM_AllowType',
  'Tag_Profile_IM_Language',
  'Tag_Profile_IM_MsgSettings',
  'Tag_Profile_IM_AdminForbidType',
  'Tag_Profile_IM_Level',
  'Tag_Profile_IM_Role',
])
const CUSTOM_TAG = /^Tag_Profile_Custom_[A-Za-z0-9_]{1,32}$/
/** Custom tags are set up in the console; as many as Tencent allows. */
const MAX_TAGS = 32

export type ProfileValue = string | number

export interface Account {
  readonly userId: string
  readonly number: number
  readonly tinyId: string
  readonly profile: Map<string, ProfileValue>
  instance: number
  /** May not speak in groups until then (UNIX seconds; 0 = may). */
  mutedUntilSec: number
  c2cMutedUntilSec: number
}

/** A TinyId is a number of 18 digits, opaque to clients. */
export function tinyIdOf(number: number): string {
  return `144115${String(number).padStart(12, '0')}`
}

/** Printable ASCII, 1 to 32 bytes (im:34348, code 7003). */
export function isUserId(text: string): boolean {
  return text.length <= SIZES.userId && /^[\x20-\x7e]+$/.test(text)
}

export function nickOf(account: Account | undefined): string {
  return String(account?.profile.get(NICK_TAG) ?? '')
}

export function imageOf(account: Account | undefined): string {
  return String(account?.profile.get(IMAGE_TAG) ?? '')
}

/**
 * Writes tags into a profile.
 * @throws ImError 40004 for a tag that does not exist, 40001 for a value that is too long
 */
export function setTags(profile: Map<string, ProfileValue>, items: readonly { Tag: string; Value: ProfileValue }[]): void {
  for (const { Tag, Value } of items) {
    if (!STANDARD_TAGS.has(Tag) && !CUSTOM_TAG.test(Tag)) throw new ImError(CODES.PROFILE_NO_SUCH_TAG, `no such tag: ${Tag}`)
    if (typeof Value === 'string' && Buffer.byteLength(Value) > SIZES.profileValue) throw new ImError(CODES.PROFILE_INVALID, `${Tag} is too long`)
    if (!profile.has(Tag) && profile.size >= MAX_TAGS) throw new ImError(CODES.PROFILE_INVALID, 'too many tags')
  }
  for (const { Tag, Value } of items) profile.set(Tag, Value)
}
