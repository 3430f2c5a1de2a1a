// Whatever happens to a meter, it submits at most one envelope for a slot (property).
import { decodeEnvelope, encodeMemberSet, MessageType, MissingPayload, sealEnvelope } from '@hushgrid/messages'
import { lanesFromIntegers, millis, type Slot, slotTimes, toHex } from '@hushgrid/primitives'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MeterRecord } from '../../src/meter/journal.ts'
import { createMeter, stepMeter } from '../../src/meter/machine.ts'
import { ATTACKER } from '../support/hostile.ts'
import { followingRoster } from '../support/rosters.ts'
import { type VirtualMeter, VirtualNeighbourhood } from '../support/virtual-neighbourhood.ts'

/** What may happen to a meter, in any order. */
type Happening =
  | { readonly kind: 'reading'; readonly of: number; readonly value: number }
  | { readonly kind: 'tick' }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'end'; readonly ms: number }
  | { readonly kind: 'slot'; readonly value: number }
  | { readonly kind: 'back'; readonly ms: number }
  | { readonly kind: 'restart' }
  | { readonly kind: 'lose journal' }
  | { readonly kind: 'hint'; readonly of: number }
  | { readonly kind: 'roster' }
  | { readonly kind: 'replay'; readonly which: number; readonly channel: 'control' | 'sync' | 'readings' | 'enrol' }
  | { readonly kind: 'garbage'; readonly bytes: Uint8Array }

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('reading' as const), of: fc.constantFrom(-2, -1, -1, -1, -1, 0, 0, 1), value: fc.nat(9) })
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('tick' as const) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(100_000) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('end' as const), ms: fc.nat(20_000) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('slot' as const), value: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('back' as const), ms: fc.nat(56_000) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lose journal' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('hint' as const), of: fc.integer({ min: -2, max: 0 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('roster' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('replay' as const),
      which: fc.nat(1000),
      channel: fc.constantFrom('control' as const, 'sync' as const, 'readings' as const, 'enrol' as const)
    })
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('garbage' as const), bytes: fc.uint8Array({ maxLength: 200 }) }) }
)

/** A meter with the journal that its store would have, and everything that it has ever sent. */
class WatchedMeter {
  readonly n = new VirtualNeighbourhood({ members: 6, degree: 4, minMembers: 3 })
  readonly meter = this.n.meters[0] as VirtualMeter
  /** Different submissions by slot. */
  readonly sent = new Map<Slot, Set<string>>()
  journal: MeterRecord[] = []
  lost = false

  step(input: Parameters<typeof stepMeter>[1]): void {
    const { state, outputs } = stepMeter(this.meter.state, input, this.n.now)
    this.meter.state = state
    for (const output of outputs) {
      if (output.type === 'journal') {
        this.journal.push(output.record)
        if (output.record.kind === 'submission') this.lost = false
      } else if (output.type === 'publish' || (output.type === 'request' && output.to === 'aggregator')) {
        const envelope = decodeEnvelope(output.bytes)
        expect(envelope.type).toBe(MessageType.Submission)
        expect(this.journal.some(({ bytes }) => toHex(bytes) === toHex(output.bytes))).toBe(true)
        const { end, deadline } = slotTimes(envelope.slot, 900)
        expect((output.type === 'request' || this.n.now >= end) && this.n.now < deadline).toBe(true)
        const known = this.sent.get(envelope.slot) ?? new Set()
        this.sent.set(envelope.slot, known.add(toHex(envelope.hash)))
      }
    }
  }

  restart(): void {
    this.meter.state = createMeter(this.meter.config, this.lost ? { intact: false } : { intact: true, records: this.journal }, this.n.now)
    // As if it had kept its rosters, so that nothing but the journal stands between it and a second submission.
    const { now } = this.n
    for (const { roster, bytes } of this.n.registrar.book.held) {
      this.n.now = millis(Math.min(now, slotTimes(roster.firstSlot, 900).start - 1))
      this.step({ type: 'message', channel: 'control', from: this.n.registrarIdentity.id, bytes: bytes ?? new Uint8Array(0) })
    }
    this.n.now = now
  }

  happens(what: Happening): void {
    const { n } = this
    const slot = (of: number): Slot => (n.currentSlot + of) as Slot
    switch (what.kind) {
      case 'reading':
        this.step({ type: 'reading', slot: slot(what.of), lanes: lanesFromIntegers([what.value, 0]) })
        return
      case 'tick':
        this.step({ type: 'tick' })
        return
      case 'pass':
        n.now = millis(n.now + what.ms)
        return
      case 'end':
        n.now = millis(slotTimes(n.currentSlot, 900).end + what.ms)
        return
      case 'slot':
        // As it goes on an ordinary day.
        n.now = slotTimes(n.currentSlot, 900).end
        this.step({ type: 'reading', slot: slot(-1), lanes: lanesFromIntegers([what.value, 0]) })
        return
      case 'back':
        n.now = millis(n.now - what.ms)
        return
      case 'restart':
        this.restart()
        return
      case 'lose journal':
        this.journal = []
        this.lost = true
        this.restart()
        return
      case 'hint': {
        const roster = n.registrar.book.ofSlot(slot(what.of))?.roster
        if (!roster) return
        const members = encodeMemberSet(
          Array.from({ length: roster.n }, (_, i) => i),
          roster.n
        )
        const bytes = sealEnvelope(
          n.aggregatorIdentity,
          MessageType.Missing,
          roster.hash,
          roster.epoch,
          slot(what.of),
          MissingPayload.encode({ members })
        )
        this.step({ type: 'message', channel: 'control', from: n.aggregatorIdentity.id, bytes })
        return
      }
      case 'roster': {
        const bytes = followingRoster(n)
        n.registrar.book.receive(decodeEnvelope(bytes), bytes, n.now)
        this.step({ type: 'message', channel: 'control', from: n.registrarIdentity.id, bytes })
        return
      }
      case 'replay': {
        const known = [...this.journal.map(({ bytes }) => bytes), ...n.passed.map(({ bytes }) => bytes)]
        const bytes = known[what.which % known.length]
        if (bytes) this.step({ type: 'message', channel: what.channel, from: ATTACKER, bytes })
        return
      }
      case 'garbage':
        this.step({ type: 'message', channel: 'control', from: ATTACKER, bytes: what.bytes })
        return
    }
  }
}

describe('once per slot, ever', () => {
  it('holds whatever a meter is fed, restarted with and set back to (property)', () => {
    let submissions = 0
    fc.assert(
      fc.property(fc.array(happening, { minLength: 10, maxLength: 120, size: 'max' as const }), happenings => {
        const watched = new WatchedMeter()
        for (const what of happenings) watched.happens(what)
        for (const [slot, different] of watched.sent) {
          submissions++
          if (different.size > 1) throw new Error(`slot ${slot}: ${different.size} different submissions`)
        }
      }),
      { numRuns: 60, seed: 20261121 }
    )
    // The sequences must be such that a good deal is submitted at all.
    expect(submissions).toBeGreaterThan(200)
  })
})
