import { type HeldRoster, packCredential, Roster, type RosterMember, rosterSignedBytes } from '@hushgrid/dcnet'
import { MessageType, RosterPayload, sealEnvelope } from '@hushgrid/messages'
import { type Epoch, HushgridError, type Slot, slotAt } from '@hushgrid/primitives'
import type { SimulatedTarget } from '../../ports/simulated-target.ts'
import type { Attack } from '../attack.ts'

/** Part of a slot within which the rosters of the next are out. */
const ROSTER_TIME = 0.5
/** Delay until the other half sees a roster that honest nodes pass on, protocol ms. */
const GOSSIP = 2000

export const twoRosters = {
  name: 'two-rosters',
  by: 'registrar',
  about:
    'Two rosters for one epoch are signed, which differ in whom they mark absent; each is shown to one half of the meters, and the first to the aggregator.',
  needs: 'nothing',
  simulate(target, { at }) {
    target.schedule(Math.floor(at) + ROSTER_TIME, () => {
      const latest = target.registrar.state?.book.latest
      if (!latest) return
      const [first, second] = [0, 1].map(index => sealedRoster(target, latest, members => marked(members, index)))
      if (!first || !second) return
      target.send('control', 'registrar', 'aggregator', first)
      for (const meter of target.meters) {
        if (!target.meter(meter).up) continue
        const [shown, other] = meter % 2 === 0 ? [first, second] : [second, first]
        target.send('control', 'registrar', meter, shown)
        target.atTime(target.now + GOSSIP, () => target.send('control', 'aggregator', meter, other))
      }
    })
  }
} as const satisfies Attack

function marked(members: readonly RosterMember[], index: number): RosterMember[] {
  return members.map((member, i) => (i === index ? { ...member, absent: true } : member))
}

/** Signs as the registrar a changed roster in place of the next one. */
function sealedRoster(
  { registrar, networkId, slotSeconds }: SimulatedTarget,
  { roster }: HeldRoster,
  change: (members: RosterMember[]) => RosterMember[]
): Uint8Array {
  const firstSlot = (slotAt(registrar.now, slotSeconds) + 1) as Slot
  const next = Roster.create(
    { ...roster, epoch: (roster.epoch + 1) as Epoch, previousRosterHash: roster.hash, firstSlot },
    change(roster.members())
  )
  const credentials = Array.from({ length: next.n }, (_, index) => {
    const credential = registrar.state?.enrolled.get(next.meterId(index))?.credential
    if (!credential) throw new HushgridError('two rosters: expected a credential of every member')
    return packCredential(credential)
  })
  const payload = RosterPayload.encode({
    roster: next.encode(),
    signature: registrar.key.sign(rosterSignedBytes(next.hash)),
    credentials,
    addresses: Array.from({ length: next.n }, () => ''),
    aggregatorAddress: '',
    leaves: [],
    proofs: []
  })
  return sealEnvelope(registrar.key, MessageType.Roster, networkId, next.epoch, firstSlot, payload)
}
