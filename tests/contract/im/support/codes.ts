/** Error codes, from Tencent's documents. */
export const BAD_PARAMETER = 10_004
export const TOO_MANY_ACCOUNTS = 10_005
export const NO_PERMISSION = 10_007
export const NO_GROUP = 10_010
export const BAD_GROUP_ID = 10_015
export const MUTED = 10_017
export const TAKEN = 10_021
export const TOO_FAST = 10_023
export const TAKEN_BY_OWNER = 10_025
export const NO_MESSAGE = 10_030
export const ATTRIBUTES_TOO_FAST = 10_049
export const ATTRIBUTE_CONFLICT = 10_056
export const TOO_LONG = 80_002
