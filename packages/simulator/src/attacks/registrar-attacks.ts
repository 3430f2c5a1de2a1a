import { type HeldRoster, Roster, type RosterMember, rosterSignedBytes } from '@hushgrid/dcnet'
import { MessageType, RosterPayload, sealEnvelope } from '@hushgrid/messages'
import { concatBytes, type Epoch, HushgridError, type Slot, slotAt, u64 } from '@hushgrid/primitives'
import type { SimulatedNeighbourhood } from '../neighbourhood/simulated-neighbourhood.ts'
import type { AttackOperation } from './attack-tools.ts'

/** Before this part of a slot has passed the rosters of the next are out, in slots. */
const ROSTER_TIME = 0.5
/** Honest nodes pass on what they have been shown, so the other half sees it too, after so many protocol milliseconds. */
const GOSSIP = 2000

/**
 * Two signed rosters for one epoch, each to one half of the meters: they differ in whom they mark absent. The aggregator
 * is shown the first.
 */
export function twoRosters(neighbourhood: SimulatedNeighbourhood, { at }: AttackOperation): void {
  neighbourhood.schedule(Math.floor(at) + ROSTER_TIME, () => {
    const { network, registrarNode, aggregator, registrar } = neighbourhood
    const latest = registrarNode.up ? registrarNode.state.book.latest : undefined
    if (!latest) return
    const [first, second] = [0, 1].map(index => sealedRoster(neighbourhood, latest, members => marked(members, index)))
    if (!first || !second) return
    network.send('control', registrar, aggregator, first)
    for (const [meter, node] of neighbourhood.meters) {
      if (!node.up) continue
      const [shown, other] = meter % 2 === 0 ? [first, second] : [second, first]
      network.send('control', registrar, node.number, shown)
      network.after(GOSSIP, () => network.send('control', aggregator, node.number, other))
    }
  })
}

function marked(members: readonly RosterMember[], index: number): RosterMember[] {
  return members.map((member, i) => (i === index ? { ...member, absent: true } : member))
}

/** The roster that would follow the one in force, changed, and signed as the registrar signs. */
function sealedRoster(
  neighbourhood: SimulatedNeighbourhood,
  { roster }: HeldRoster,
  change: (members: RosterMember[]) => RosterMember[]
): Uint8Array {
  const { registrarNode, registrarKey, networkId, config } = neighbourhood
  const firstSlot = (slotAt(registrarNode.now, config.slotSeconds) + 1) as Slot
  const next = Roster.create(
    {
      networkId,
      epoch: (roster.epoch + 1) as Epoch,
      season: roster.season,
      previousRosterHash: roster.hash,
      firstSlot,
      slotSeconds: roster.slotSeconds,
      lanes: roster.lanes,
      degree: roster.degree,
      minMembers: roster.minMembers,
      recovery: roster.recovery,
      ringSeed: roster.ringSeed,
      registrarKey: roster.registrarKey,
      aggregatorKey: roster.aggregatorKey
    },
    change(roster.members())
  )
  const credentials = Array.from({ length: next.n }, (_, index) => {
    const credential = registrarNode.state.enrolled.get(next.meterId(index))?.credential
    if (!credential) throw new HushgridError('two rosters: expected a credential of every member')
    return concatBytes(u64(credential.notBefore), u64(credential.notAfter), credential.signature)
  })
  const payload = RosterPayload.encode({
    roster: next.encode(),
    signature: registrarKey.sign(rosterSignedBytes(next.hash)),
    credentials: concatBytes(...credentials),
    addresses: Array.from({ length: next.n }, () => ''),
    aggregatorAddress: ''
  })
  return sealEnvelope(registrarKey, MessageType.Roster, networkId, next.epoch, firstSlot, payload)
}
