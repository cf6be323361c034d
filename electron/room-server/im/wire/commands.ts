import { BOARD_COMMANDS } from './board-commands'
import { C2C_COMMANDS } from './c2c-commands'
import type { Commands } from './command'
import { GROUP_COMMANDS } from './group-commands'
import { LOGIN_COMMANDS } from './login'
import { MEMBER_COMMANDS } from './member-commands'
import { MESSAGE_COMMANDS } from './message-commands'
import { POLL_COMMANDS } from './poll'
import { SYNC_COMMANDS } from './sync-commands'

export { OPEN_COMMANDS } from './login'

/** Every command of the wire that is served. */
export const COMMANDS: Commands = {
  ...LOGIN_COMMANDS,
  ...SYNC_COMMANDS,
  ...GROUP_COMMANDS,
  ...MEMBER_COMMANDS,
  ...MESSAGE_COMMANDS,
  ...BOARD_COMMANDS,
  ...POLL_COMMANDS,
  ...C2C_COMMANDS,
}
