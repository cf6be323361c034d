import { z } from 'zod'
import { command, type Commands } from './command'

const anySchema = z.looseObject({})

/** One-to-one messages. */
export const C2C_COMMANDS: Commands = {
  'openim.getmsg': command(anySchema, () => ({ Cookie: '', SyncFlag: 2, MsgList: [] })),
}
