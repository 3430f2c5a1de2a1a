import { type HeldRoster, type MeterOutput, PrivateMasks } from '@hushgrid/dcnet'
import { decodeMemberSet, MessageType, ShareReleasePayload, ShareRequestPayload } from '@hushgrid/messages'
import { type Slot, sha256, toHex } from '@hushgrid/primitives'
import type { SimulatedMeter } from '../../ports/simulated-target.ts'
import { type Attack, meterOf, onEnvelopes, slotsOf, withMember } from '../attack.ts'
import { resealed } from './resealing.ts'

export const shareForReleased = {
  name: 'share-for-released',
  by: 'members',
  about: 'After the shares that it owes a member sends them again, along with those of the members that were released.',
  needs: 'meter',
  simulate(target, order) {
    const own = meterOf(target, order)
    const meter = target.meter(own)
    const [first, end] = slotsOf(target, order)
    const requests = new Map<string, Uint8Array>()
    onEnvelopes(target, order, ({ to, envelope: { type, payload } }) => {
      if (to === own && type === MessageType.ShareRequest) requests.set(toHex(sha256(payload)), payload)
      return 'pass'
    })
    const more = (output: MeterOutput): MeterOutput[] => {
      const envelope = output.type === 'publish' ? target.envelopeIn({ channel: 'readings', bytes: output.bytes }) : undefined
      if (envelope?.type !== MessageType.ShareRelease || envelope.slot < first || envelope.slot >= end) return []
      const { requestHash } = ShareReleasePayload.decode(envelope.payload)
      const request = requests.get(toHex(requestHash))
      const added: MeterOutput[] = []
      withMember(target, envelope.slot, own, (held, position) => {
        if (!request || !namesNeighbour(held, position, request)) return
        const payload = ShareReleasePayload.encode({ requestHash, shares: allShares(meter, held, position, envelope.slot) })
        added.push({ type: 'publish', topic: 'readings', bytes: resealed(meter, held, envelope, payload) })
      })
      return added
    }
    meter.filter(outputs => outputs.flatMap(output => [output, ...more(output)]))
  }
} as const satisfies Attack

function namesNeighbour({ roster }: HeldRoster, position: number, request: Uint8Array): boolean {
  const members = decodeMemberSet(ShareRequestPayload.decode(request).members, roster.n)
  return roster.neighbours(position).some(index => members.includes(index))
}

/** Encodes the shares of all present neighbours, released or not. */
function allShares({ keys }: SimulatedMeter, { roster }: HeldRoster, position: number, slot: Slot): Uint8Array {
  const owners = roster.neighbours(position).filter(index => !roster.isAbsent(index))
  const masks = new PrivateMasks(roster, position, keys.make(roster.season).secrets)
  const shares = masks.sharesOf(slot, owners)
  masks.erase()
  return shares
}
