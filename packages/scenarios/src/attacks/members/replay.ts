import { networkId } from '@hushgrid/dcnet'
import { decodeEnvelope, MessageType, sealEnvelope } from '@hushgrid/messages'
import { type Attack, inEachSlot, meterOf, withMember } from '../attack.ts'

export const replay = {
  name: 'replay',
  by: 'members',
  about:
    'A member sends what it submitted for earlier slots once more: as it stands, with the number of this slot put in, and as another network that it is in would have it.',
  needs: 'meter',
  simulate(target, order) {
    const own = meterOf(target, order)
    const meter = target.meter(own)
    const another = networkId('another network')
    inEachSlot(target, order, 1, slot =>
      withMember(target, slot, own, ({ roster }) => {
        if (!meter.up) return
        for (const record of meter.journal) {
          if (record.kind !== 'submission' || record.slot >= slot) continue
          const { payload, signature } = decodeEnvelope(record.bytes)
          const asNow = { id: meter.id, sign: () => signature }
          for (const bytes of [
            record.bytes,
            sealEnvelope(asNow, MessageType.Submission, roster.hash, roster.epoch, slot, payload),
            sealEnvelope(meter.key, MessageType.Submission, another, roster.epoch, slot, payload)
          ]) {
            target.gossip('readings', own, bytes)
          }
        }
      })
    )
  }
} as const satisfies Attack
