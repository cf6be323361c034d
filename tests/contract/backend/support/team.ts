import type { RoomSession } from '../../../../electron/shared/room-api'
import { ChatCloud } from '../../../fakes/chat-cloud'
import { freshPostgres } from '../../../support/postgres'
import { until } from '../../../support/until'
import { ApiClient, type ApiAnswer } from './api-client'
import { Balancer } from './balancer'
import { APP } from './cloud-backend'
import { TeamInstance } from './team-instance'

const DEADLINE_MS = 20_000

/** Two instances on one PostgreSQL before one IM, and what people reach them by. The first one leads at first. */
export class Team {
  readonly cloud: ChatCloud
  readonly balancer: Balancer
  readonly instances: readonly TeamInstance[]
  /** The anchor, by the balancer. */
  readonly anchor: ApiClient
  readonly databaseUrl: string

  private constructor(parts: Pick<Team, 'cloud' | 'balancer' | 'instances' | 'databaseUrl'>) {
    this.cloud = parts.cloud
    this.balancer = parts.balancer
    this.instances = parts.instances
    this.databaseUrl = parts.databaseUrl
    this.anchor = new ApiClient(parts.balancer.base, { token: parts.instances[0]?.anchorToken } as RoomSession)
  }

  static async start(environment: Readonly<Record<string, string>> = {}): Promise<Team> {
    const url = new URL(await freshPostgres())
    // Nobody asks for it, and nobody may say it.
    url.password = 'the-password-of-the-tests'
    const cloud = new ChatCloud(APP)
    const options = { databaseUrl: url.href, im: await cloud.listen(), environment }
    const instances: TeamInstance[] = []
    const balancer = new Balancer([0, 1].map((index) => () => instances[index]?.http ?? null))
    await balancer.listen()
    cloud.callbackUrl = `${balancer.base}/api/im/callback`
    instances.push(await TeamInstance.start(options))
    instances.push(await TeamInstance.start(options))
    return new Team({ cloud, balancer, instances, databaseUrl: url.href })
  }

  instance(index: number): TeamInstance {
    const instance = this.instances[index]
    if (instance === undefined) throw new Error(`there is no instance ${index}`)
    return instance
  }

  /** The same person at one of the instances. */
  at(index: number, who: ApiClient): ApiClient {
    return new ApiClient(this.instance(index).http, who.session)
  }

  async close(): Promise<void> {
    await Promise.all(this.instances.map((instance) => instance.close()))
    await this.balancer.close()
    await this.cloud.close()
  }
}

/** As a page does: what was not answered, or nobody knows of, is sent again, because it is one by its id. */
export async function insist<T>(who: ApiClient, method: string, path: string, body?: unknown): Promise<T> {
  return until(
    async () => {
      const answer: ApiAnswer<T> = await who.ask<T>(method, path, body)
      if (answer.status === 502 || answer.status === 503) return null
      if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
      return answer.body
    },
    DEADLINE_MS,
    `${method} ${path}`,
  )
}
