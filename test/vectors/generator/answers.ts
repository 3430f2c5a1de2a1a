// A case with its answers, computed from a few choices and from bytes drawn by name.
import { x25519 } from '@noble/curves/ed25519.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { byHex, type Case, decimals, drawn, identity, integers, type Member, type Roster, sum } from './format.ts'
import { edgeMask, fromSeed, interpolated, privateMask, shareOf, tagOf, thresholdOf, xor } from './masks.ts'
import { laneMask, neighboursOf, openLanes, ringOf, sealed } from './roster.ts'

export interface Spec {
  readonly name: string
  readonly n: number
  readonly degree: number
  readonly lanes: readonly string[]
  readonly maxReading?: bigint
  /** By lane; minMembers where it is left out. */
  readonly support?: readonly number[]
  /** Tells whether the member that was drawn as the i-th can fill a lane; each can fill all where it is left out. */
  readonly fills?: (i: number, lane: number) => boolean
  /** Tells of which lanes the members' households consent to be seen in. */
  readonly consents?: (lane: number) => boolean
  /** Further lanes of the members' credentials, which the roster leaves out. */
  readonly beside?: readonly string[]
  readonly recovery?: 0 | 1 | 2
  readonly epoch?: number
  readonly season?: number
  readonly previous?: string
  readonly firstSlot?: number
  readonly seasonFirstSlot?: number
  readonly slot: number
  readonly slotSeconds?: number
  readonly minMembers?: number
  /** Positions on the ring. */
  readonly missing?: readonly number[]
  readonly absent?: readonly number[]
  readonly cuts?: readonly (readonly [number, number])[]
  readonly silent?: readonly number[]
  readonly lying?: readonly number[]
  /** Reading of the member that was drawn as the i-th. */
  readonly reading?: (i: number, lane: number) => bigint
}

function withinBounds(name: string, most: bigint): (i: number, lane: number) => bigint {
  return (i, lane) => new DataView(drawn(`${name} reading ${i} ${lane}`, 8).buffer).getBigInt64(0) % (most + 1n)
}

/** A case with everything but what follows from masks. */
export function draft(spec: Spec): Case {
  const { fills = () => true, consents = () => false, maxReading = 11_000n, season = 1, slotSeconds = 900 } = spec
  const reading = spec.reading ?? withinBounds(spec.name, maxReading)
  const firstSlot = spec.firstSlot ?? spec.slot
  const seasonFirstSlot = spec.seasonFirstSlot ?? firstSlot
  const start = firstSlot * slotSeconds
  const members = Array.from({ length: spec.n }, (_, i): Member => {
    const secret = drawn(`${spec.name} blinding ${i}`, 32)
    return {
      meterId: identity(`${spec.name} meter ${i}`),
      blindingSecret: bytesToHex(secret),
      blindingKey: bytesToHex(x25519.getPublicKey(secret)),
      placement: bytesToHex(drawn(`${spec.name} placement ${i}`, 16)),
      absent: false,
      laneMask: laneMask(spec.lanes.length, lane => fills(i, lane)),
      credential: {
        season,
        notBefore: Math.max(0, start - 7 * i),
        notAfter: start + 1 + 7 * i,
        lanes: [
          ...spec.lanes.flatMap((code, lane) => (fills(i, lane) ? [{ obis: code, consent: consents(lane) }] : [])),
          ...(spec.beside ?? []).map(code => ({ obis: code, consent: i % 2 === 0 }))
        ].sort((a, b) => byHex(a.obis, b.obis)),
        signature: ''
      },
      neighbours: [],
      reading: decimals(spec.lanes.map((_, lane) => (fills(i, lane) ? reading(i, lane) : 0n))),
      submission: null,
      release: null
    }
  })
  const roster: Roster = {
    networkName: `network of ${spec.name}`,
    epoch: spec.epoch ?? 5,
    season,
    seasonFirstSlot,
    // Seven days, or as many slots as there are numbers for.
    seasonEndSlot: Math.min(seasonFirstSlot + Math.floor(604_800 / slotSeconds), 2 ** 48),
    previous: spec.previous ?? bytesToHex(drawn(`${spec.name} previous`, 32)),
    firstSlot,
    slotSeconds,
    lanes: spec.lanes.map((code, lane) => ({
      obis: code,
      maxReading: String(maxReading),
      support: spec.support?.[lane] ?? spec.minMembers ?? 3
    })),
    degree: spec.degree,
    minMembers: spec.minMembers ?? 3,
    recovery: spec.recovery ?? 1,
    suite: 1,
    flags: 0,
    ringSeed: bytesToHex(drawn(`${spec.name} ring`, 32)),
    registrarKey: identity(`${spec.name} registrar`),
    aggregatorKey: identity(`${spec.name} aggregator`),
    cuts: []
  }
  const rest = { ring: [], missing: [], silent: [], lying: [], total: [], openLanes: null, totalWithoutMissing: null }
  const registrarSecret = bytesToHex(drawn(`${spec.name} registrar`, 32))
  return { name: spec.name, slot: spec.slot, rosterHash: '', registrarSecret, rosterSignature: '', roster, members, ...rest }
}

export function answer(spec: Spec): Case {
  const of = draft(spec)
  const lanes = spec.lanes.length
  of.ring = ringOf(of.roster, of.members)
  const at = (positions: readonly number[] = []) => positions.map(position => of.ring[position] as string).sort(byHex)
  of.missing = at(spec.missing)
  of.silent = at(spec.silent)
  of.lying = at(spec.lying)
  of.roster.cuts = (spec.cuts ?? []).map(pair => at(pair) as [string, string]).sort((a, b) => byHex(a.join(''), b.join('')))
  const cuts = new Set(of.roster.cuts.map(pair => pair.join()))
  const absent = at(spec.absent)
  for (const member of of.members) {
    member.absent = absent.includes(member.meterId)
    member.neighbours = neighboursOf(member.meterId, of.ring, of.roster.degree)
  }
  sealed(of)
  const open = openLanes(of)
  of.openLanes = open?.map(lane => spec.lanes[lane] as string) ?? null
  const byId = new Map(of.members.map(member => [member.meterId, member]))
  const masks = new Map<string, bigint[]>()
  const maskBetween = (a: Member, b: Member): bigint[] => {
    const pair = [a.meterId, b.meterId].sort(byHex).join()
    const mask = masks.get(pair) ?? edgeMask(a, b, of.rosterHash, of.slot, lanes)
    masks.set(pair, mask)
    return mask
  }
  for (const member of of.members) {
    if (member.absent) {
      member.reading = null
      if (of.roster.recovery === 2) Object.assign(member, NO_SHARES)
      continue
    }
    const signed = (among: readonly string[]) =>
      sum(
        among
          .map(id => byId.get(id) as Member)
          .filter(other => !other.absent && !cuts.has([member.meterId, other.meterId].sort(byHex).join()))
          .map(other => {
            const mask = maskBetween(member, other)
            return member.meterId < other.meterId ? mask : mask.map(word => -word)
          }),
        lanes
      )
    member.submission = decimals(sum([integers(member.reading), signed(member.neighbours)], lanes))
    if (of.roster.recovery === 2) doubleMask(of, member, byId)
    if (!open || of.missing.includes(member.meterId)) continue
    const release = signed(member.neighbours.filter(id => of.missing.includes(id)))
    member.release = decimals(open.map(lane => release[lane] as bigint))
  }
  const present = of.members.filter(member => !member.absent)
  const survivors = present.filter(member => !of.missing.includes(member.meterId))
  const opened = (among: readonly Member[]) =>
    of.roster.recovery === 2 ? among.map(owner => recovered(of, owner, among).map(word => -word)) : []
  of.total = decimals(sum([...present.map(member => integers(member.submission)), ...opened(present)], lanes))
  const inOpen = (vector: readonly bigint[]) => (open ?? []).map(lane => vector[lane] as bigint)
  if (open) {
    const without = [
      ...[...survivors.map(member => integers(member.submission)), ...opened(survivors)].map(inOpen),
      ...survivors.map(member => integers(member.release).map(word => -word))
    ]
    of.totalWithoutMissing = decimals(sum(without, open.length))
    if (of.roster.recovery === 2) of.conflicts = conflictsOf(of, survivors)
  }
  // The masks must be gone: an answer that is not the sum of the readings would be no answer.
  const readingsOf = (members: readonly Member[]) => members.map(member => integers(member.reading))
  const expected = [sum(readingsOf(present), lanes), open && sum(readingsOf(survivors).map(inOpen), open.length)]
  if (JSON.stringify([of.total, of.totalWithoutMissing]) !== JSON.stringify(expected.map(total => (total ? decimals(total) : null))))
    throw new Error(`${of.name}: the masks do not cancel`)
  return of
}

/** Section 7, recovery 2: the pairs of liars and owners whose shares they hold. */
function conflictsOf(of: Case, survivors: readonly Member[]): [string, string][] {
  const cuts = new Set(of.roster.cuts.map(pair => pair.join()))
  const pairs = survivors
    .filter(({ meterId }) => of.lying.includes(meterId))
    .flatMap(({ meterId, neighbours }) =>
      survivors.filter(owner => neighbours.includes(owner.meterId)).map(owner => [meterId, owner.meterId].sort(byHex).join())
    )
  return [...new Set(pairs)]
    .filter(pair => !cuts.has(pair))
    .sort(byHex)
    .map(pair => pair.split(',') as [string, string])
}

const NO_SHARES = { corrections: null, tags: null, check: null, shareRelease: null }

/** Adds the private mask to a submission, and what goes with it. */
function doubleMask(of: Case, member: Member, byId: ReadonlyMap<string, Member>): void {
  const neighbours = member.neighbours.map(id => byId.get(id) as Member)
  const r = neighbours.map(holder => shareOf(member, holder, of.rosterHash, of.slot))
  const lanes = of.roster.lanes.length
  const { mask, check, corrections } = privateMask(member.meterId, r, of.rosterHash, of.slot, lanes)
  member.submission = decimals(sum([integers(member.submission), mask], lanes))
  member.corrections = corrections
  member.tags = r.map((share, i) => tagOf(share, member, neighbours[i] as Member, of.rosterHash, of.slot))
  member.check = check
  const cut = new Set(of.roster.cuts.map(pair => pair.join()))
  const owners = neighbours.filter(
    owner => !owner.absent && !of.missing.includes(owner.meterId) && !cut.has([owner.meterId, member.meterId].sort(byHex).join())
  )
  member.shareRelease =
    !of.openLanes || of.missing.includes(member.meterId)
      ? null
      : Object.fromEntries(owners.map(owner => [owner.meterId, bytesToHex(shareOf(owner, member, of.rosterHash, of.slot))]))
}

/** The private mask when those `among` survive: from the last t of the shares that are neither withheld nor false. */
function recovered(of: Case, owner: Member, among: readonly Member[]): bigint[] {
  const threshold = thresholdOf(owner.neighbours.length)
  const shares = owner.neighbours.flatMap((id, i) => {
    const holder = among.find(({ meterId }) => meterId === id)
    if (!holder || of.silent.includes(id) || of.lying.includes(id)) return []
    if (of.roster.cuts.some(pair => pair.includes(id) && pair.includes(owner.meterId))) return []
    const r = shareOf(owner, holder, of.rosterHash, of.slot)
    const correction = owner.corrections?.[i - threshold]
    return [[i + 1, correction === undefined ? r : xor(r, hexToBytes(correction))] as const]
  })
  if (shares.length < threshold) throw new Error(`${of.name}: ${shares.length} of ${threshold} shares for ${owner.meterId}`)
  const seed = interpolated(shares.slice(-threshold), 0)
  const { mask, check } = fromSeed(seed, owner.meterId, of.rosterHash, of.slot, of.roster.lanes.length)
  if (check !== owner.check) throw new Error(`${of.name}: the shares for ${owner.meterId} do not fit its check value`)
  return mask
}
