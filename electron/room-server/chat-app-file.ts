import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

/** Which app this server is, and the key that signs for it. The key is a secret. */
export interface ChatApp {
  readonly sdkAppId: number
  readonly secretKey: string
}

/** No app of Tencent's: outside of the numbers that its console gives. */
export const LOCAL_SDK_APP_ID = 99_000_001

const keptSchema = z.object({ sdkAppId: z.number().int().positive(), secretKey: z.string().min(32).max(128) })

/**
 * The app of the room on this machine: made once, kept where only its user can read it. Whoever is signed in stays so over restarts, because
 * the key stays.
 * @throws Error when the file is there and cannot be read as one: a new key would sign everybody out
 */
export function keptChatApp(dataDir: string): ChatApp {
  const file = join(dataDir, 'chat-app.json')
  try {
    return keptSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  mkdirSync(dataDir, { recursive: true })
  const made: ChatApp = { sdkAppId: LOCAL_SDK_APP_ID, secretKey: randomBytes(32).toString('hex') }
  // Beside and renamed: a killed process leaves the whole file or none.
  writeFileSync(`${file}.new`, `${JSON.stringify(made)}\n`, { mode: 0o600 })
  chmodSync(`${file}.new`, 0o600)
  renameSync(`${file}.new`, file)
  return made
}
