import { MessageType, SHARE_BYTES, SubmissionPayload, sealEnvelope, TAG_BYTES } from '@hushgrid/messages'
import { lanesToBytes, zeroLanes } from '@hushgrid/primitives'
import { hasPrivateMasks, shareThreshold } from '@hushgrid/topology'
import { type Attack, inEachSlot, meterOf, withMember } from '../attack.ts'

export const impersonate = {
  name: 'impersonate',
  by: 'members',
  about: 'A member submits under the id of another, the next by number, ahead of that one.',
  needs: 'meter',
  simulate(target, order) {
    const own = meterOf(target, order)
    const node = target.meter(own)
    const other = target.meters.includes(own + 1) ? own + 1 : 0
    const victim = target.meter(other)
    inEachSlot(target, order, -0.5, slot =>
      withMember(target, slot, other, ({ roster }) => {
        if (!node.up) return
        const lanes = lanesToBytes(zeroLanes(roster.lanes.length))
        const holders = hasPrivateMasks(target.recovery) ? roster.neighbourCount : 0
        const corrected = holders > 0 ? holders - shareThreshold(holders) : 0
        const payload = SubmissionPayload.encode({
          lanes,
          corrections: new Uint8Array(corrected * SHARE_BYTES),
          check: new Uint8Array(holders > 0 ? SHARE_BYTES : 0),
          tags: new Uint8Array(holders * TAG_BYTES)
        })
        const signer = { id: victim.id, sign: (message: Uint8Array) => node.key.sign(message) }
        target.gossip('readings', own, sealEnvelope(signer, MessageType.Submission, roster.hash, roster.epoch, slot, payload))
      })
    )
  }
} as const satisfies Attack
