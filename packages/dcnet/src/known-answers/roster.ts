// The roster of a case: made of its fields, signed by its registrar, and checked as a meter checks what it is shown.
import { RosterPayload } from '@hushgrid/messages'
import { BlindingKey, checkBlindingKey, epoch, fromHex, IdentityKey, meterId, obisCode, slot, toHex } from '@hushgrid/primitives'
import { checkMembership, checkRoster } from '../roster/check.ts'
import { type Credential, issueCredential, networkId, packCredential } from '../roster/credential.ts'
import type { RosterPolicy } from '../roster/policy.ts'
import { Roster, rosterSignedBytes } from '../roster/roster.ts'
import type { Findings } from './findings.ts'
import type { SlotCase } from './format.ts'

/**
 * Makes the roster of a case, checks it by all rules of PROTOCOL.md section 4 but the chain and a meter's own entry, and
 * compares its hash, signatures and ring.
 *
 * @throws HushgridError naming the first rule that does not hold
 */
export function rosterOf(of: SlotCase, findings: Findings): Roster {
  const roster = makeRoster(of)
  const registrar = new IdentityKey(fromHex(of.registrarSecret))
  findings.same('rosterHash', toHex(roster.hash), of.rosterHash)
  findings.same('registrarKey', registrar.id, of.roster.registrarKey)
  findings.same('rosterSignature', toHex(registrar.sign(rosterSignedBytes(roster.hash))), of.rosterSignature)
  const credentials = of.members.map(credentialOf)
  credentials.forEach((credential, i) => {
    const { signature } = issueCredential(registrar, roster.networkId, credential)
    findings.same('credential', toHex(signature), of.members[i]?.credential.signature, credential.meterId)
    // Enrolment asks for more than a roster's check does (PROTOCOL.md section 7, "Edge opening").
    checkBlindingKey(credential.blindingKey)
  })
  checkAsShown(of, roster, credentials)
  findings.checked('lane mask', roster.n)
  findings.checked('cut', roster.cuts.length)
  findings.same(
    'ring',
    Array.from(roster.ring, index => roster.meterId(index)),
    of.ring
  )
  for (const member of of.members) {
    const index = roster.indexOf(meterId(member.meterId)) as number
    const neighbours = roster.neighbours(index).map(i => roster.meterId(i))
    findings.same('neighbours', neighbours, member.neighbours, member.meterId)
    const { publicKey } = new BlindingKey(fromHex(member.blindingSecret))
    findings.same('blindingKey', toHex(publicKey), member.blindingKey, member.meterId)
  }
  return roster
}

function credentialOf({ meterId: id, blindingKey, credential }: SlotCase['members'][number]): Credential {
  const lanes = credential.lanes.map(({ obis, consent }) => ({ obis: obisCode(obis), consent }))
  return { ...credential, meterId: meterId(id), blindingKey: fromHex(blindingKey), lanes, signature: fromHex(credential.signature) }
}

function checkAsShown(of: SlotCase, roster: Roster, credentials: readonly Credential[]): void {
  const byId = new Map(credentials.map(credential => [credential.meterId, credential]))
  const payload = RosterPayload.encode({
    roster: roster.encode(),
    signature: fromHex(of.rosterSignature),
    credentials: roster.members().map(({ meterId: id }) => packCredential(byId.get(id) as Credential)),
    addresses: roster.members().map(() => ''),
    aggregatorAddress: '',
    leaves: [],
    proofs: []
  })
  const { networkId: network, slotSeconds, registrarKey } = roster
  const policy: RosterPolicy = { networkId: network, slotSeconds, registrarKey, changeSlots: 1 }
  checkMembership(checkRoster(payload, policy), policy)
}

function makeRoster({ roster, members }: SlotCase): Roster {
  return Roster.create(
    {
      networkId: networkId(roster.networkName),
      epoch: epoch(roster.epoch),
      season: roster.season,
      seasonFirstSlot: slot(roster.seasonFirstSlot),
      seasonEndSlot: slot(roster.seasonEndSlot),
      previousRosterHash: fromHex(roster.previous),
      firstSlot: slot(roster.firstSlot),
      slotSeconds: roster.slotSeconds,
      lanes: roster.lanes.map(({ obis, maxReading, support }) => ({ obis: obisCode(obis), maxReading: Number(maxReading), support })),
      degree: roster.degree,
      minMembers: roster.minMembers,
      recovery: roster.recovery,
      committed: roster.flags === 1,
      ringSeed: fromHex(roster.ringSeed),
      registrarKey: meterId(roster.registrarKey),
      aggregatorKey: meterId(roster.aggregatorKey),
      cuts: roster.cuts.map(([lower, higher]) => [meterId(lower), meterId(higher)] as const)
    },
    members.map(entry => ({
      meterId: meterId(entry.meterId),
      blindingKey: fromHex(entry.blindingKey),
      placement: fromHex(entry.placement),
      absent: entry.absent,
      laneMask: fromHex(entry.laneMask)
    }))
  )
}
