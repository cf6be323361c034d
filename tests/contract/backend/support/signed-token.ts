import { Tokens, type TokenClaims } from '../../../../electron/room-server/backend/identity/tokens'
import type { TestStore } from './test-store'

/** A token with the very key of the house: what it says is all that can be wrong with it. */
export async function signedToken(store: TestStore, claims: TokenClaims): Promise<string> {
  const database = await store.open()
  try {
    const { value } = await database.selectFrom('backend_setting').select('value').where('name', '=', 'token-key').executeTakeFirstOrThrow()
    return new Tokens(Buffer.from(value, 'hex')).sign(claims)
  } finally {
    await database.destroy()
  }
}
