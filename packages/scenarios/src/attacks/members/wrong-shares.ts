import { MessageType, ShareReleasePayload } from '@hushgrid/messages'
import type { Attack } from '../attack.ts'
import { flipped, resealing } from './resealing.ts'

export const wrongShares = {
  name: 'wrong-shares',
  by: 'members',
  about: 'The shares that a member sends are not those that it holds.',
  needs: 'meter',
  simulate(target, order) {
    resealing(target, order, MessageType.ShareRelease, payload => {
      const { requestHash, shares } = ShareReleasePayload.decode(payload)
      return ShareReleasePayload.encode({ requestHash, shares: flipped(shares) })
    })
  }
} as const satisfies Attack
