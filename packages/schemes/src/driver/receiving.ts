// What comes to a party from the network: announcements of groups, and messages of their rounds.
import { asDrop, countDrop } from '@hushgrid/machine'
import { Drop } from '@hushgrid/messages'
import { checkAgreementKey, ed25519Verifier, equalBytes, type MeterId, type Slot, slotAt, type VerifyingKey } from '@hushgrid/primitives'
import { type BoundRounds, type Group, type Phase, type RoleName, UNCOUNTED } from '../scheme.ts'
import { type Announcement, decodeAnnouncement, everybody, groupHash, isOwnKey, verifyAnnouncement } from './announcement.ts'
import { decodeSchemeEnvelope, type SchemeEnvelope, verifySchemeEnvelope } from './envelope.ts'
import type { HeldGroup, PhaseRun, SchemeContext, SchemeState, Taken } from './machine-state.ts'
import { openRun } from './phase-run.ts'
import { earliestOf, phaseTimes } from './phase-times.ts'
import { encodeRecord } from './scheme-journal.ts'
import { Sealer } from './sealing.ts'

const DEFAULT_MAX_BYTES = 512 * 1024
/** Largest announcement: of 65,535 members with their devices. */
const ANNOUNCEMENT_BYTES = 24 * 1024 * 1024
/** Bounds of what is kept for groups that are not held yet: messages of one peer, which may pass on what all say, of all, and their bytes. */
const EARLY_OF_PEER = 1024
const EARLY = 4096
const EARLY_BYTES = 16 * 1024 * 1024
/** Slots ahead for which such messages are kept. */
const EARLY_SLOTS = 2

interface Bytes {
  readonly from: MeterId
  readonly bytes: Uint8Array
}

/** Takes an input in; what is wrong with it is counted against the peer that brought it. */
function counting({ state, now, out }: SchemeContext, from: MeterId, take: () => void): void {
  const slotNow = slotAt(now, state.config.slotSeconds)
  try {
    if (!state.drops.reads(from, slotNow)) throw new Drop('flood')
    take()
  } catch (cause) {
    out.push(countDrop(state.drops, asDrop(cause), from, slotNow))
  }
}

function verifyingKey({ config, verifying }: SchemeState, id: MeterId): VerifyingKey {
  let key = verifying.get(id)
  if (!key) {
    key = (config.verifier ?? ed25519Verifier)(id)
    verifying.set(id, key)
  }
  return key
}

/** Takes an announcement in, and begins its phase. */
export function receiveGroup(context: SchemeContext, { from, bytes }: Bytes): void {
  counting(context, from, () => takeGroup(context, Uint8Array.from(bytes)))
}

function takeGroup(context: SchemeContext, bytes: Uint8Array): void {
  const { state, now, out } = context
  const { config, held } = state
  if (bytes.byteLength > ANNOUNCEMENT_BYTES) throw new Drop('oversized')
  const announcement = decodeAnnouncement(bytes)
  const { group, firstSlot, phase } = announcement
  const known = held.find(each => each.announcement.group.epoch === group.epoch)
  if (known && equalBytes(known.bytes, bytes)) throw new Drop('duplicate')
  if (!verifyAnnouncement(bytes, config.scheme.name, verifyingKey(state, config.registrar))) throw new Drop('bad-signature')
  if (known) {
    const what = `two groups of epoch ${group.epoch}`
    out.push({ type: 'accused', member: config.registrar, what, envelopes: [known.bytes, bytes] })
    throw new Drop('conflicting')
  }
  const newest = held.at(-1)?.announcement
  if (newest && (group.epoch < newest.group.epoch || firstSlot < newest.firstSlot)) throw new Drop('wrong-epoch')
  // A slot has one group: nobody may be asked for a second total of it.
  if (now >= earliestOf(firstSlot, config.slotSeconds)) throw new Drop('slot-over')
  const { mostLanes } = config.scheme.facts
  if (mostLanes !== undefined && group.lanes > mostLanes)
    throw new Drop('roster-refused', 'expected lanes that the scheme can carry, got more')
  checkKeys(state, announcement)
  out.push({ type: 'journal', record: encodeRecord({ kind: 'group', epoch: group.epoch, phase, slot: firstSlot, bytes }) })
  hold(state, announcement, bytes)
  const early = state.early
  state.early = []
  for (const message of early) receiveMessage(context, message)
}

/** @throws Drop where a key is not its party's, or the own one is another */
function checkKeys(state: SchemeState, { keys }: Announcement): void {
  const { identity, agreement } = state.config
  for (const [id, signed] of keys) {
    const isOurs = id !== identity.id || equalBytes(signed.key, agreement.publicKey)
    if (!isOurs) throw new Drop('roster-refused', 'expected the own agreement key, got another')
    const held = state.held.at(-1)?.announcement.keys.get(id)
    if (held && equalBytes(held.key, signed.key)) continue
    checkAgreementKey(signed.key)
    if (!isOwnKey(signed, verifyingKey(state, id))) throw new Drop('roster-refused', `expected an agreement key that ${id} has signed`)
  }
}

/** Begins the phase of a group that is announced, on new states for a setup and on those there are for a change. */
export function hold(state: SchemeState, announcement: Announcement, bytes: Uint8Array): void {
  const { config, memory } = state
  const { group, phase, firstSlot, keys } = announcement
  const hash = groupHash(group, firstSlot)
  const rounds =
    memory.rounds.get(group.epoch) ?? (takesPart(config.role, config.identity.id, group) ? roundsFor(state, announcement) : undefined)
  if (rounds) memory.rounds.set(group.epoch, rounds)
  const { identity, agreement, scheme } = config
  const held: HeldGroup = {
    announcement,
    bytes,
    context: { scheme: scheme.name, groupHash: hash },
    rounds,
    sealer: new Sealer({ self: identity.id, agreement, groupHash: hash, keyOf: party => keys.get(party)?.key }),
    parties: new Set(everybody(group)),
    formation: 'forming',
    missing: new Set()
  }
  state.held.push(held)
  if (rounds) openRun(state, held, phase, firstSlot)
}

function takesPart(role: RoleName, self: MeterId, { members, deviceOf, parties }: Group): boolean {
  if (role === 'meter') return members.includes(self)
  return role === 'device' ? [...deviceOf.values()].includes(self) : parties[role] === self
}

function roundsFor({ config, held }: SchemeState, { group, phase, firstSlot }: Announcement): BoundRounds {
  const before = phase === 'setup' ? undefined : held.at(-1)?.rounds
  const { role, identity, scheme, costs } = config
  const work = costs?.at({ phase, round: 0, role }) ?? UNCOUNTED
  return before ?? scheme.roles[role]?.open({ role, self: identity.id, group, phase, slot: firstSlot, work }) ?? {}
}

/** Finds the group that a phase of a slot belongs to. */
export function heldFor({ held }: SchemeState, phase: Phase, slot: Slot): HeldGroup | undefined {
  return held.findLast(({ announcement: { phase: how, firstSlot } }) =>
    phase === 'slot' ? firstSlot <= slot : how === phase && firstSlot === slot
  )
}

/** Takes a message in. */
export function receiveMessage(context: SchemeContext, { from, bytes }: Bytes): void {
  counting(context, from, () => {
    const { state } = context
    const envelope = decodeSchemeEnvelope(bytes, state.config.maxBytes ?? DEFAULT_MAX_BYTES)
    if (envelope.receiver !== 'meters' && envelope.receiver !== state.config.identity.id) throw new Drop('unexpected-type', 'for another')
    const held = heldFor(state, envelope.phase, envelope.slot)
    if (held) take(context, held, envelope, Uint8Array.from(bytes))
    else keepEarly(context, envelope.slot, { from, bytes })
  })
}

/** Keeps a message until its group is announced, within bounds: nothing of it can be checked before. */
function keepEarly({ state, now }: SchemeContext, slot: Slot, { from, bytes }: Bytes): void {
  const ahead = slot - slotAt(now, state.config.slotSeconds)
  const { early } = state
  const kept = early.reduce((sum, each) => sum + each.bytes.byteLength, bytes.byteLength)
  if (ahead < 0) throw new Drop('slot-over')
  if (ahead > EARLY_SLOTS || early.length >= EARLY || kept > EARLY_BYTES) throw new Drop('unknown-epoch')
  if (early.filter(each => each.from === from).length >= EARLY_OF_PEER) throw new Drop('unknown-epoch')
  early.push({ from, bytes: Uint8Array.from(bytes), slot })
}

function take(context: SchemeContext, held: HeldGroup, envelope: SchemeEnvelope, bytes: Uint8Array): void {
  const { state, now, out } = context
  const { sender, phase, slot, round, receiver } = envelope
  const { slotSeconds, identity, costs, role } = state.config
  if (!held.rounds) throw new Drop('wrong-epoch', 'of a group that this party is not in')
  if (!held.parties.has(sender) || sender === identity.id) throw new Drop('unknown-sender')
  if (phase === 'slot' && now < earliestOf(slot, slotSeconds)) throw new Drop('too-early')
  if (now >= phaseTimes(phase, slot, slotSeconds).over) throw new Drop('slot-over')
  if (!held.rounds[phase]?.[round]) {
    // Broadcasts go to all, whoever reads them.
    if (receiver === 'meters') return
    throw new Drop('unexpected-type', `expected no ${phase} message of round ${round}`)
  }
  const run = openRun(state, held, phase, slot)
  const before = run.boxes.get(round)?.get(sender)
  if (before && equalBytes(before.bytes, bytes)) throw new Drop('duplicate')
  if (!before && (run.closed || run.next > round)) throw new Drop('slot-over', `round ${round} has run`)
  if (costs) costs.at({ phase, round, role }).verifications++
  if (!verifySchemeEnvelope(envelope, held.context, verifyingKey(state, sender))) throw new Drop('bad-signature')
  if (before) {
    if (before.receiver === receiver && !before.accused) {
      before.accused = true
      const what = `two messages of round ${round}, ${phase} ${slot}`
      out.push({ type: 'accused', member: sender, what, envelopes: [before.bytes, bytes] })
    }
    throw new Drop('conflicting')
  }
  out.push({ type: 'journal', record: encodeRecord({ kind: 'received', epoch: held.announcement.group.epoch, phase, slot, bytes }) })
  if (!put(run, envelope, bytes)) throw new Drop('wrong-shape', 'sealed body: expected one that opens')
}

/** Puts a message where its round finds it. One that cannot be opened counts as sent and unreadable. @returns its body */
export function put({ held, boxes }: PhaseRun, envelope: SchemeEnvelope, bytes: Uint8Array): Uint8Array | undefined {
  const { round, sender, receiver, sealed } = envelope
  const box = boxes.get(round) ?? new Map<MeterId, Taken>()
  const body = sealed ? held.sealer.open(sender, envelope, envelope.body) : envelope.body
  boxes.set(round, box.set(sender, { receiver, bytes, body, accused: false }))
  return body
}
