import { DisputePayload, MessageType, sealEnvelope } from '@hushgrid/messages'
import { type Attack, inEachSlot, meterOf, withMember } from '../../attack.ts'

export const disputeWhileAbsent = {
  name: 'dispute-while-absent',
  by: 'members',
  about: 'A member that is marked absent disputes every slot, so that nothing would be recovered any more.',
  needs: 'meter',
  simulate(target, order) {
    const own = meterOf(target, order)
    const { key } = target.meter(own)
    // Ahead of any request, so that whoever heeds it releases nothing.
    inEachSlot(target, order, 1, slot =>
      withMember(target, slot, own, ({ roster }, position) => {
        if (!roster.isAbsent(position)) return
        const payload = DisputePayload.encode({ requestHash: new Uint8Array(32), journalLost: false })
        target.gossip('control', own, sealEnvelope(key, MessageType.Dispute, roster.hash, roster.epoch, slot, payload))
      })
    )
  }
} as const satisfies Attack
