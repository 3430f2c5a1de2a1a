// Sections 2, 4 and 5: credentials, the roster's hash and signature, the ring, and the mask graph.
import { ed25519 } from '@noble/curves/ed25519.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { byHex, type Case, type Lane, littleEndian, type Member, type Roster } from './format.ts'

/** Section 4. */
function rosterHash(roster: Roster, members: readonly Member[]): string {
  const ascending = [...members].sort((a, b) => byHex(a.meterId, b.meterId))
  return bytesToHex(
    sha256(
      concatBytes(
        utf8ToBytes('hushgrid/v2/roster'),
        sha256(concatBytes(utf8ToBytes('hushgrid/v2/network'), utf8ToBytes(roster.networkName))),
        littleEndian(roster.epoch, 8),
        littleEndian(roster.season, 4),
        littleEndian(roster.seasonFirstSlot, 8),
        littleEndian(roster.seasonEndSlot, 8),
        hexToBytes(roster.previous),
        littleEndian(roster.firstSlot, 8),
        littleEndian(roster.slotSeconds, 4),
        littleEndian(roster.lanes.length, 2),
        ...roster.lanes.flatMap(({ obis: code, maxReading, support }) => [
          littleEndian(utf8ToBytes(code).length, 1),
          utf8ToBytes(code),
          littleEndian(BigInt(maxReading), 8),
          littleEndian(support, 2)
        ]),
        littleEndian(roster.degree, 2),
        littleEndian(roster.minMembers, 2),
        littleEndian(roster.recovery, 1),
        littleEndian(roster.suite, 1),
        littleEndian(roster.flags, 1),
        hexToBytes(roster.ringSeed),
        hexToBytes(roster.registrarKey),
        hexToBytes(roster.aggregatorKey),
        littleEndian(members.length, 4),
        ...ascending.flatMap(member => [
          hexToBytes(member.meterId),
          hexToBytes(member.blindingKey),
          hexToBytes(member.placement),
          littleEndian(member.absent ? 1 : 0, 1),
          hexToBytes(member.laneMask)
        ]),
        littleEndian(roster.cuts.length, 4),
        ...[...roster.cuts].sort((a, b) => byHex(a.join(''), b.join(''))).flatMap(pair => pair.map(id => hexToBytes(id)))
      )
    )
  )
}

/** Section 2. */
function credentialBytes({ networkName }: Roster, { meterId, blindingKey, credential }: Member): Uint8Array {
  return concatBytes(
    utf8ToBytes('hushgrid/v2/credential'),
    sha256(concatBytes(utf8ToBytes('hushgrid/v2/network'), utf8ToBytes(networkName))),
    hexToBytes(meterId),
    hexToBytes(blindingKey),
    littleEndian(credential.season, 4),
    littleEndian(credential.notBefore, 8),
    littleEndian(credential.notAfter, 8),
    littleEndian(credential.lanes.length, 1),
    ...[...credential.lanes]
      .sort((a, b) => byHex(a.obis, b.obis))
      .flatMap(({ obis: code, consent }) => [
        littleEndian(utf8ToBytes(code).length, 1),
        utf8ToBytes(code),
        littleEndian(consent ? 1 : 0, 1)
      ])
  )
}

/** Signs a case's credentials and roster. */
export function sealed(of: Case): Case {
  const secret = hexToBytes(of.registrarSecret)
  for (const member of of.members) member.credential.signature = bytesToHex(ed25519.sign(credentialBytes(of.roster, member), secret))
  of.rosterHash = rosterHash(of.roster, of.members)
  of.rosterSignature = bytesToHex(ed25519.sign(concatBytes(utf8ToBytes('hushgrid/v2/roster-signature'), hexToBytes(of.rosterHash)), secret))
  return of
}

/** Section 5. */
export function ringOf(roster: Roster, members: readonly Member[]): string[] {
  const place = ({ meterId, placement }: Member) =>
    bytesToHex(
      sha256(concatBytes(utf8ToBytes('hushgrid/v2/ring'), hexToBytes(roster.ringSeed), hexToBytes(meterId), hexToBytes(placement)))
    )
  return [...members].sort((a, b) => byHex(place(a), place(b))).map(member => member.meterId)
}

/** Section 5. */
export function neighboursOf(meterId: string, ring: readonly string[], degree: number): string[] {
  const n = ring.length
  const p = ring.indexOf(meterId)
  const near = ring.filter((_, q) => {
    const steps = Math.min((q - p + n) % n, (p - q + n) % n)
    return steps > 0 && (degree >= n - 1 || steps <= degree / 2)
  })
  return near.sort(byHex)
}

/** Section 4: lane l is bit l mod 8 of byte floor(l / 8). */
export function laneMask(lanes: number, fills: (lane: number) => boolean): string {
  const bytes = new Uint8Array(Math.ceil(lanes / 8))
  for (let lane = 0; lane < lanes; lane++)
    if (fills(lane)) bytes[Math.floor(lane / 8)] = (bytes[Math.floor(lane / 8)] as number) + 2 ** (lane % 8)
  return bytesToHex(bytes)
}

/** Section 4: the components of the mask graph of some members, each as a list of ids. */
function components(of: Case, among: readonly string[]): string[][] {
  const cuts = new Set(of.roster.cuts.map(pair => pair.join()))
  const near = new Map(of.members.map(({ meterId, neighbours }) => [meterId, neighbours]))
  const left = new Set(among)
  const parts: string[][] = []
  for (const id of among) {
    if (!left.delete(id)) continue
    const part = [id]
    for (const each of part) {
      for (const other of near.get(each) ?? []) {
        if (!cuts.has([each, other].sort(byHex).join()) && left.delete(other)) part.push(other)
      }
    }
    parts.push(part)
  }
  return parts
}

/** Section 7: L(M) by position; undefined where M is refused by all. */
export function openLanes(of: Case): number[] | undefined {
  const all = of.roster.lanes.map((_, lane) => lane)
  const survivors = of.members.filter(({ absent, meterId }) => !absent && !of.missing.includes(meterId)).map(({ meterId }) => meterId)
  const parts = components(of, survivors)
  if (parts.some(part => part.length < of.roster.minMembers)) return undefined
  if (of.missing.length === 0) return all
  const fills = new Map(of.members.map(member => [member.meterId, hexToBytes(member.laneMask)]))
  const canFill = (id: string, lane: number) => Math.floor((fills.get(id)?.[Math.floor(lane / 8)] as number) / 2 ** (lane % 8)) % 2 === 1
  const open = all.filter(lane =>
    parts.every(part => part.filter(id => canFill(id, lane)).length >= (of.roster.lanes[lane] as Lane).support)
  )
  return open.length > 0 ? open : undefined
}
