// Members that dispute although no request names them.
import { DisputePayload, MessageType, sealEnvelope } from '@hushgrid/messages'
import { sha256 } from '@hushgrid/primitives'
import { type AttackOrder, meterOf, onEnvelopes, type SimulatedTarget, withMember } from '../../attack.ts'

/**
 * Has a member dispute each request that reaches it, with a hash of its choice.
 *
 * @param hashOf - gives the requestHash of the dispute from the true one
 */
export function disputing(target: SimulatedTarget, order: AttackOrder, hashOf: (requestHash: Uint8Array) => Uint8Array): void {
  const own = meterOf(target, order)
  const { key } = target.meter(own)
  onEnvelopes(target, order, ({ to, envelope: { type, slot, payload } }) => {
    if (to !== own || type !== MessageType.RecoveryRequest) return 'pass'
    withMember(target, slot, own, ({ roster }) => {
      const dispute = DisputePayload.encode({ requestHash: hashOf(sha256(payload)), journalLost: false })
      target.atTime(target.now, () =>
        target.gossip('control', own, sealEnvelope(key, MessageType.Dispute, roster.hash, roster.epoch, slot, dispute))
      )
    })
    return 'pass'
  })
}
