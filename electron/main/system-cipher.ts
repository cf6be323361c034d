import { safeStorage } from 'electron'
import type { Cipher } from './secret-store'

/** The key store of the system: Keychain, DPAPI, or a keyring. */
export const systemCipher: Cipher = {
  isAvailable: () => safeStorage.isEncryptionAvailable() && storageBackend() !== 'basic_text',
  encrypt: (text) => safeStorage.encryptString(text),
  decrypt: (bytes) => safeStorage.decryptString(bytes),
}

/** Linux only, and not known to every Electron we run on. 'basic_text' is a key that everybody knows. */
function storageBackend(): unknown {
  const ask: unknown = Reflect.get(safeStorage, 'getSelectedStorageBackend')
  return typeof ask === 'function' ? Reflect.apply(ask, safeStorage, []) : null
}
