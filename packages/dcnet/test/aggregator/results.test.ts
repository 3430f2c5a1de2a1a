// What the aggregator gives of a slot that is over, and to whom.
import {
  decodeEnvelope,
  LossReason,
  MessageType,
  SlotLostPayload,
  SlotTotalPayload,
  SyncReply,
  SyncRequest,
  verifyEnvelope
} from '@hushgrid/messages'
import {
  IdentityKey,
  lanesFromExactBytes,
  type MeterId,
  SeededRng,
  type Slot,
  signedLanes,
  slotTimes,
  VerifyKey
} from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { createAggregator, stepAggregator } from '../../src/aggregator/machine.ts'
import { noResult } from '../../src/aggregator/results.ts'
import { replaySlot } from '../../src/transcript/transcript.ts'
import { randomReadings, sumOf, type VirtualMeter, VirtualNeighbourhood } from '../support/virtual-neighbourhood.ts'

const MEMBERS = 7
const SUPPLIER = IdentityKey.generate(new SeededRng('supplier')).id
const STRANGER = IdentityKey.generate(new SeededRng('stranger')).id

/** A neighbourhood whose aggregator knows the supplier. */
function neighbourhood(recovery: 0 | 1 = 1): VirtualNeighbourhood {
  const n = new VirtualNeighbourhood({ members: MEMBERS, degree: 4, recovery })
  Object.assign(n.aggregatorConfig, { readers: new Set([SUPPLIER]) })
  n.restartAggregator()
  for (const { bytes } of n.registrar.book.held) if (bytes) n.publish('control', n.registrarIdentity.id, bytes)
  return n
}

function ask(n: VirtualNeighbourhood, from: MeterId, slot: Slot): SyncReply {
  const bytes = SyncRequest.encode({ envelope: new Uint8Array(0), transcript: true, slot, words: new Uint8Array(0) })
  const { state, outputs } = stepAggregator(n.aggregator, { type: 'sync', from, bytes, token: 5 }, n.now)
  n.aggregator = state
  const reply = outputs.find(output => output.type === 'reply')
  if (reply?.type !== 'reply' || reply.token !== 5) throw new Error('expected a reply')
  return SyncReply.decode(reply.bytes)
}

const idOf = (meter: VirtualMeter | undefined): MeterId => (meter as VirtualMeter).config.identity.id

describe('a supplier', () => {
  it('gets the signed total and the number of members, and no submission', () => {
    const n = neighbourhood()
    const readings = randomReadings(n.rng, MEMBERS, 2)
    n.runSlot(n.firstSlot, readings)
    const { refused, transcript, members, networkId } = ask(n, SUPPLIER, n.firstSlot)
    expect([refused, members, networkId]).toEqual(['', MEMBERS, n.networkId])
    expect(transcript?.envelopes).toEqual([])
    const result = decodeEnvelope(transcript?.result as Uint8Array)
    expect(verifyEnvelope(result, new VerifyKey(Buffer.from(n.aggregatorIdentity.id, 'hex')), transcript?.rosterHash as Uint8Array)).toBe(
      true
    )
    expect([...signedLanes(lanesFromExactBytes(SlotTotalPayload.decode(result.payload).lanes, 2))]).toEqual(sumOf(readings, 2))
    // Nothing that a member sent is anywhere in the answer.
    const answer = Buffer.from(SyncReply.encode({ refused, words: [], ...(transcript && { transcript }) }))
    for (const meter of n.meters) for (const { signature } of n.submissionsOf(meter)) expect(answer.includes(signature)).toBe(false)
  })

  it.each(['edge release', 'no recovery'] as const)('is told of a missing meter (%s)', recovery => {
    const n = neighbourhood(recovery === 'edge release' ? 1 : 0)
    const readings = randomReadings(n.rng, MEMBERS, 2)
    n.runSlot(
      n.firstSlot,
      readings.map((reading, i) => (i === 2 ? undefined : reading))
    )
    const { transcript, members } = ask(n, SUPPLIER, n.firstSlot)
    const result = decodeEnvelope(transcript?.result as Uint8Array)
    expect(members).toBe(MEMBERS)
    expect(transcript?.envelopes).toEqual([])
    if (recovery === 'edge release') expect(SlotTotalPayload.decode(result.payload).contributors.byteLength).toBe(1)
    else {
      expect(result.type).toBe(MessageType.SlotLost)
      expect(SlotLostPayload.decode(result.payload).reason).toBe(LossReason.MembersMissing)
    }
  })

  it('is told the same after a restart that has forgotten the roster', () => {
    const n = neighbourhood()
    n.runSlot(
      n.firstSlot,
      randomReadings(n.rng, MEMBERS, 2).map((reading, i) => (i === 4 ? undefined : reading))
    )
    const before = ask(n, SUPPLIER, n.firstSlot)
    n.aggregator = createAggregator(
      n.aggregatorConfig,
      n.aggregatorJournal.filter(({ kind }) => kind !== 'roster'),
      n.now
    )
    expect(n.aggregator.book.held).toEqual([])
    const after = ask(n, SUPPLIER, n.firstSlot)
    expect(after).toEqual(before)
    expect(after.members).toBe(MEMBERS)
  })

  it('is told where there is no result', () => {
    const n = neighbourhood()
    expect(ask(n, SUPPLIER, n.firstSlot)).toMatchObject({ refused: noResult(n.firstSlot) })
  })
})

it('a member gets the whole transcript, a stranger nothing, and a supplier nothing where none is named', () => {
  const n = neighbourhood()
  n.runSlot(n.firstSlot, randomReadings(n.rng, MEMBERS, 2))
  const { transcript } = ask(n, idOf(n.meters[0]), n.firstSlot)
  expect(transcript?.envelopes).toHaveLength(MEMBERS)
  const roster = n.aggregator.book.latest?.roster
  if (!roster || !transcript) throw new Error('expected a roster and a transcript')
  expect(replaySlot(roster, transcript.result, transcript.envelopes).contributors).toHaveLength(MEMBERS)
  expect(transcript.rosterHash).toEqual(roster.hash)

  for (const from of [STRANGER, SUPPLIER]) {
    if (from === SUPPLIER) Object.assign(n.aggregatorConfig, { readers: undefined })
    const reply = ask(n, from, n.firstSlot)
    expect(reply.refused).toMatch(/^transcripts are for members of the roster and the registrar/)
    expect([reply.transcript, reply.members, reply.networkId]).toEqual([undefined, undefined, undefined])
  }
})

it('an aggregator that comes up again contradicts no result that it has published and keeps no longer', () => {
  const n = new VirtualNeighbourhood({ members: MEMBERS, degree: 4, recovery: 1 })
  const readings = randomReadings(n.rng, MEMBERS, 2)
  for (let i = 0; i < 98; i++) n.runSlot((n.firstSlot + i) as Slot, readings)
  const last = (n.firstSlot + 98) as Slot
  n.runUntil(slotTimes(last, 900).end)
  n.meters.forEach((meter, i) => void n.read(meter, last, readings[i] ?? []))
  expect(n.resultOf(last)).toMatchObject({ type: 'total' })
  // As its store gives them back.
  const results = n.aggregatorJournal.filter(({ kind }) => kind === 'result').slice(-96)
  n.restartAggregator([...n.aggregatorJournal.filter(({ kind }) => kind === 'roster'), ...results])
  const { outputs } = stepAggregator(n.aggregator, { type: 'caught-up' }, n.now)
  expect(outputs.filter(({ type }) => type === 'lost')).toEqual([])
})
