import { networkId } from '@hushgrid/dcnet'
import { decodeEnvelope, MessageType, SHARE_BYTES, SubmissionPayload, sealEnvelope } from '@hushgrid/messages'
import { lanesToBytes, SeededRng, slotTimes, zeroLanes } from '@hushgrid/primitives'
import { shareThreshold } from '@hushgrid/topology'
import type { JournalState } from '../machines/meter-journal.ts'
import type { SimulatedNeighbourhood } from '../neighbourhood/simulated-neighbourhood.ts'
import { isDoubleMask } from './attack-requests.ts'
import { type AttackOperation, inEachSlot, meterOf, onMessages, slotsOf, withMember } from './attack-tools.ts'

/** Garbage messages that a flooding member sends in each slot. */
const FLOOD = 500

/** Its submission comes after its masks were released, and it does not dispute meanwhile, where it could. */
export function submitLate(neighbourhood: SimulatedNeighbourhood, operation: AttackOperation): void {
  const own = neighbourhood.meter(meterOf(operation)).number
  const { unit } = slotTimes(neighbourhood.config.firstSlot, neighbourhood.config.slotSeconds)
  onMessages(neighbourhood, operation, ({ from }, { type }) => {
    if (from !== own) return 'pass'
    if (type === MessageType.Dispute) return 'drop'
    // From E to D + 6u, when the masks towards it have been released.
    return type === MessageType.Submission ? { delay: 10 * unit } : 'pass'
  })
}

/**
 * It sends what it submitted for an earlier slot once more: as it stands, with the number of this slot put in, and as
 * another network that it is in would have it.
 */
export function replay(neighbourhood: SimulatedNeighbourhood, operation: AttackOperation): void {
  const node = neighbourhood.meter(meterOf(operation))
  const { number, config, id } = node
  const another = networkId('another network')
  inEachSlot(neighbourhood, operation, 1, slot =>
    withMember(neighbourhood, slot, node.meter, ({ roster }) => {
      if (!node.up) return
      for (const record of node.journal) {
        if (record.kind !== 'submission' || record.slot >= slot) continue
        const { payload, signature } = decodeEnvelope(record.bytes)
        const asNow = { id, sign: () => signature }
        for (const bytes of [
          record.bytes,
          sealEnvelope(asNow, MessageType.Submission, roster.hash, roster.epoch, slot, payload),
          sealEnvelope(config.identity, MessageType.Submission, another, roster.epoch, slot, payload)
        ]) {
          neighbourhood.network.gossip('readings', number, bytes)
        }
      }
    })
  )
}

/** Nobody gets its submission, and with edge release it disputes when it is named: that loses the slot. */
export function disputeFalsely(neighbourhood: SimulatedNeighbourhood, operation: AttackOperation): void {
  const own = neighbourhood.meter(meterOf(operation)).number
  onMessages(neighbourhood, operation, ({ from }, { type }) => (from === own && type === MessageType.Submission ? 'drop' : 'pass'))
}

/** What a member sends that owes something for a slot's total, or will not give it. */
const ANSWERS: ReadonlySet<MessageType> = new Set([MessageType.MaskRelease, MessageType.ShareRelease, MessageType.Refusal])

/** It owes releases and shares and sends none, nor says why. */
export function staySilent(neighbourhood: SimulatedNeighbourhood, operation: AttackOperation): void {
  const own = neighbourhood.meter(meterOf(operation)).number
  onMessages(neighbourhood, operation, ({ from }, { type }) => (from === own && ANSWERS.has(type) ? 'drop' : 'pass'))
}

/** Garbage on both topics, as fast as it can. */
export function flood(neighbourhood: SimulatedNeighbourhood, operation: AttackOperation): void {
  const { number, meter } = neighbourhood.meter(meterOf(operation))
  const rng = new SeededRng(`${neighbourhood.config.seed} flood ${meter}`)
  inEachSlot(neighbourhood, operation, 0.5, () => {
    for (let i = 0; i < FLOOD; i++) {
      neighbourhood.network.send('readings', number, neighbourhood.aggregator, rng.bytes(150))
      neighbourhood.network.send('control', number, neighbourhood.registrar, rng.bytes(150))
    }
  })
}

/** It submits under the id of another, the next by number, ahead of that one. */
export function impersonate(neighbourhood: SimulatedNeighbourhood, operation: AttackOperation): void {
  const node = neighbourhood.meter(meterOf(operation))
  const victim = neighbourhood.meters.get(node.meter + 1) ?? neighbourhood.meter(0)
  inEachSlot(neighbourhood, operation, -0.5, slot =>
    withMember(neighbourhood, slot, victim.meter, ({ roster }) => {
      if (!node.up) return
      const lanes = lanesToBytes(zeroLanes(roster.lanes.length))
      const corrected = isDoubleMask(neighbourhood) ? roster.neighbourCount - shareThreshold(roster.neighbourCount) : 0
      const payload = SubmissionPayload.encode({
        lanes,
        corrections: new Uint8Array(corrected * SHARE_BYTES),
        check: new Uint8Array(isDoubleMask(neighbourhood) ? SHARE_BYTES : 0)
      })
      const signer = { id: victim.id, sign: (message: Uint8Array) => node.config.identity.sign(message) }
      const bytes = sealEnvelope(signer, MessageType.Submission, roster.hash, roster.epoch, slot, payload)
      neighbourhood.network.gossip('readings', node.number, bytes)
    })
  )
}

/** It submits, crashes, and is back before the deadline with a journal that does not know of it. */
export function comeBack(neighbourhood: SimulatedNeighbourhood, operation: AttackOperation, journal: JournalState): void {
  const meter = meterOf(operation)
  const [first, end] = slotsOf(neighbourhood, operation)
  for (let slot = first; slot < end; slot++) {
    const at = slot - neighbourhood.config.firstSlot
    neighbourhood.schedule(at - 1 / 16, () => neighbourhood.armCrash(meter, 'after-submitting', neighbourhood.slot(at)))
    neighbourhood.schedule(at + 1 / 16, () => neighbourhood.restart(meter, journal))
  }
}

/** It leaves, and joins again once it is out, in the hope of a better place on the ring. */
export function leaveAndReturn(neighbourhood: SimulatedNeighbourhood, operation: AttackOperation): void {
  const meter = meterOf(operation)
  neighbourhood.schedule(operation.at, () => neighbourhood.leave(meter))
  neighbourhood.schedule(operation.at + Math.max(3, operation.slots), () => neighbourhood.join(meter))
}
