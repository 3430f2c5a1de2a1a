// What the parties of each role have of a slot's messages, from a run of the scheme in a small group.
import { generateKeyPair, type PrivateKey } from '@hushgrid/paillier'
import { lanesFromIntegers, SeededRng, slot } from '@hushgrid/primitives'
import { ledgerOf } from './ledger.ts'
import { Lockstep } from './lockstep.ts'
import { nameOf, sceneGroup } from './scene-group.ts'
import type { RoleName } from './scheme.ts'
import { SCHEMES, type SchemeName } from './schemes/registered.ts'

/** What one party of a role has of the bodies of a slot. */
export interface PartyView {
  readonly role: RoleName
  readonly sent: number
  /** Meant for it. */
  readonly received: number
  /** Meant for others, and readable to whoever taps the link. */
  readonly overheard: number
  /** Meant for others and sealed from it. */
  readonly sealed: number
}

/** A slot in which a period of bills begins. */
const FIRST_SLOT = slot(1_935_600)
/** Length of keys that protect nothing: who may read a body does not depend on it. */
const SHORT_BITS = 640
const METERS = 5
const PRICES = [1n, 1n]

let key: PrivateKey | undefined

/**
 * Runs one slot of a scheme among five meters, and gives the view of one party of each role that sends or receives in it. A
 * meter's view is that of the first.
 */
export function viewsOf(scheme: SchemeName): readonly PartyView[] {
  const group = sceneGroup(METERS, 1)
  const keyFor = (): PrivateKey => {
    key ??= generateKeyPair(SHORT_BITS, { insecure: true }).privateKey
    return key
  }
  const made = SCHEMES[scheme]({ bits: SHORT_BITS, keyFor, prices: PRICES })
  const lockstep = new Lockstep({
    scheme: made,
    group,
    slot: FIRST_SLOT,
    rng: (party, phase, at) => new SeededRng(`views ${party} ${phase} ${at}`)
  })
  lockstep.run({ phase: 'setup', slot: FIRST_SLOT })
  const readings = new Map(group.members.map((id, i) => [id, lanesFromIntegers([BigInt(i + 1)])]))
  const { sent } = lockstep.run({ phase: 'slot', slot: FIRST_SLOT, readings })
  const [meter] = group.members
  const device = meter && group.deviceOf.get(meter)
  const parties = [...(meter ? [meter] : []), ...(device ? [device] : []), ...Object.values(group.parties)]
  return [...ledgerOf(sent, group, parties)].flatMap(([party, entries]) => {
    const of = (sight: 'sent' | 'received' | 'overheard' | 'sealed'): number => entries.filter(entry => entry.sight === sight).length
    const role = nameOf(party).replace(/-\d+$/, '') as RoleName
    // A group has a device for each meter, whether the scheme has work for it or not.
    if (!made.roles[role]) return []
    const view = { role, sent: of('sent'), received: of('received'), overheard: of('overheard'), sealed: of('sealed') }
    return view.sent + view.received > 0 ? [view] : []
  })
}
