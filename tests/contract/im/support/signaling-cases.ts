import { describe, expect, it } from 'vitest'
import type { ChatClient } from './chat-client'
import type { Cast } from './room-cases'

interface Signal {
  readonly inviteID: string
  readonly inviter?: string
  readonly invitee?: string
  readonly data?: string
  readonly inviteeList?: readonly string[]
}

/** Invitations from one user to another, as a co-anchor is asked onto the stage. */
export function signalingCases(cast: Cast): void {
  describe('signaling', () => {
    const invite = (data: string, timeout = 30): Promise<string> => cast.anna.invite({ userID: 'bob', data, timeout })
    const heard = (client: ChatClient, name: string, inviteID: string): Promise<Signal> => client.event<Signal>(name, (data) => data.inviteID === inviteID)

    it('invites and is accepted', async () => {
      const inviteID = await invite('{"seat":1}')
      expect(await heard(cast.bob, 'newInvitationReceived', inviteID)).toMatchObject({ inviter: 'anna', data: '{"seat":1}', inviteeList: ['bob'] })
      await cast.bob.call('accept', { inviteID, data: 'coming' })
      expect(await heard(cast.anna, 'ts_invitee_accepted', inviteID)).toMatchObject({ invitee: 'bob', data: 'coming' })
    })

    it('invites and is rejected', async () => {
      const inviteID = await invite('again')
      await heard(cast.bob, 'newInvitationReceived', inviteID)
      await cast.bob.call('reject', { inviteID, data: 'not now' })
      expect(await heard(cast.anna, 'ts_invitee_rejected', inviteID)).toMatchObject({ invitee: 'bob', data: 'not now' })
    })

    it('invites and thinks better of it', async () => {
      const inviteID = await invite('third time')
      await heard(cast.bob, 'newInvitationReceived', inviteID)
      await cast.anna.call('cancel', { inviteID, data: 'sorry' })
      expect(await heard(cast.bob, 'ts_invitation_cancelled', inviteID)).toMatchObject({ inviter: 'anna', data: 'sorry' })
    })

    it('invites and hears nothing', async () => {
      const inviteID = await invite('anybody?', 1)
      await heard(cast.bob, 'newInvitationReceived', inviteID)
      await heard(cast.anna, 'ts_invitation_timeout', inviteID)
    })
  })
}
