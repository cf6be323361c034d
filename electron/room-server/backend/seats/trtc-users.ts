import type { TrtcUser } from '../../../shared/seats'

/**
 * Co-anchors who are anchors of other TRTC rooms, and who they are there. In memory: whoever is connected says it again every few seconds, so that it comes
 * back after a restart, or to another instance.
 */
export class TrtcUsers {
  readonly #rooms = new Map<string, Map<string, TrtcUser>>()

  of(roomId: string, userId: string): TrtcUser | null {
    return this.#rooms.get(roomId)?.get(userId) ?? null
  }

  /** Whose TRTC user this is; null = nobody's. */
  holder(roomId: string, trtcUserId: string): string | null {
    for (const [userId, user] of this.#rooms.get(roomId) ?? []) if (user.userId === trtcUserId) return userId
    return null
  }

  /** @returns whether that is news */
  set(roomId: string, userId: string, user: TrtcUser): boolean {
    const before = this.of(roomId, userId)
    if (before?.roomId === user.roomId && before.userId === user.userId) return false
    const room = this.#rooms.get(roomId) ?? new Map<string, TrtcUser>()
    this.#rooms.set(roomId, room.set(userId, user))
    return true
  }

  /** Those who have a place are these now. Nobody comes under the name of one of them. */
  keep(roomId: string, userIds: readonly string[]): void {
    const room = this.#rooms.get(roomId)
    if (room === undefined) return
    for (const [userId, user] of room) if (!userIds.includes(userId) || userIds.includes(user.userId)) room.delete(userId)
    if (room.size === 0) this.#rooms.delete(roomId)
  }
}
