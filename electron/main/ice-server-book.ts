import type { IceServer } from '../shared/co-anchor-line'
import { AnchorError, type ErrorCode } from '../shared/errors'
import { iceServerProblem, isTurn, MAX_ICE_SERVERS, type IceServerConfig, type IceServerView } from '../shared/ice-server'
import type { SecretStore } from './secret-store'
import type { SettingsStore } from './settings-store'

/** The STUN and TURN servers that are saved, with their credentials among the secrets. */
export class IceServerBook {
  readonly #settings: Pick<SettingsStore, 'current' | 'update'>
  readonly #secrets: Pick<SecretStore, 'get' | 'set'>

  constructor(settings: Pick<SettingsStore, 'current' | 'update'>, secrets: Pick<SecretStore, 'get' | 'set'>) {
    this.#settings = settings
    this.#secrets = secrets
  }

  views(): IceServerView[] {
    return this.#settings.current.iceServers.map((config) => ({ config, hasCredential: this.#credential(config.id) !== null }))
  }

  /** Those that a browser takes, with their credentials: for the room server alone. One whose credential was lost is left out. */
  usable(): IceServer[] {
    return this.#settings.current.iceServers.flatMap((config) => {
      const server = this.#resolve(config, this.#credential(config.id))
      return typeof server === 'string' ? [] : [server]
    })
  }

  /**
   * One as a browser takes it, saved or not: for the stage alone.
   * @param credential left out = the one that is kept
   * @throws AnchorError ice-server.*
   */
  resolve(config: IceServerConfig, credential: string | undefined): IceServer {
    const server = this.#resolve(config, credential ?? this.#credential(config.id))
    if (typeof server === 'string') throw new AnchorError(server)
    return server
  }

  /**
   * @param credential left out = the one that is kept
   * @throws AnchorError ice-server.*
   */
  save(config: IceServerConfig, credential: string | undefined): void {
    const others = this.#settings.current.iceServers
    const known = others.some((one) => one.id === config.id)
    if (!known && others.length >= MAX_ICE_SERVERS) throw new AnchorError('ice-server.limit', { context: { limit: MAX_ICE_SERVERS } })
    const problem = iceServerProblem(config, credential !== undefined || this.#credential(config.id) !== null)
    if (problem !== null) throw new AnchorError(problem)
    // STUN asks nobody who he is.
    const saved = isTurn(config.url) ? config : { ...config, username: '' }
    if (!isTurn(config.url)) this.#secrets.set(secretOf(config.id), null)
    else if (credential !== undefined) this.#secrets.set(secretOf(config.id), credential)
    this.#settings.update({ iceServers: known ? others.map((one) => (one.id === saved.id ? saved : one)) : [...others, saved] })
  }

  remove(id: string): void {
    this.#secrets.set(secretOf(id), null)
    this.#settings.update({ iceServers: this.#settings.current.iceServers.filter((one) => one.id !== id) })
  }

  #resolve({ url, username }: IceServerConfig, credential: string | null): IceServer | ErrorCode {
    const problem = iceServerProblem({ url, username }, credential !== null)
    if (problem !== null) return problem
    return isTurn(url) && credential !== null ? { urls: [url], username, credential } : { urls: [url] }
  }

  #credential(id: string): string | null {
    return this.#secrets.get(secretOf(id))
  }
}

/** Destinations' secrets stand under their ids, which never begin like this. */
function secretOf(id: string): string {
  return `@ice:${id}`
}
