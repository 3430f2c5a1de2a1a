import { MessageType, SubmissionPayload } from '@hushgrid/messages'
import type { Attack } from '../attack.ts'
import { flipped, resealing } from './resealing.ts'

export const wrongCorrections = {
  name: 'wrong-corrections',
  by: 'members',
  about: "A member's submissions have corrections with which no other holder's share fits the first ones.",
  needs: 'meter',
  simulate(target, order) {
    resealing(target, order, MessageType.Submission, payload => {
      const { corrections, ...rest } = SubmissionPayload.decode(payload)
      return SubmissionPayload.encode({ ...rest, corrections: flipped(corrections) })
    })
  }
} as const satisfies Attack
