// Checks schemes against known answers that an independent program computed.
import {
  HushgridError,
  type LaneVector,
  type MeterId,
  type Slot,
  sha256,
  signedLanes,
  slot,
  toHex,
  u8,
  u16,
  u32
} from '@hushgrid/primitives'
import { dilutedNoise, type Noise } from '../arithmetic/discrete-laplace.ts'
import type { AttackScene } from '../attacks/attack.ts'
import { ATTACKS } from '../attacks/registered.ts'
import { Lockstep, type LockstepInit, type PhaseResult, type RngOf, type Sent } from '../lockstep.ts'
import type { SchemeOptions } from '../options.ts'
import { numberOf, sceneGroup } from '../scene-group.ts'
import type { Group, Outcome } from '../scheme.ts'
import { SCHEMES, type SchemeName } from '../schemes/registered.ts'
import { keyOf, primesOf, readingsOf, rngOf } from './case-inputs.ts'
import { checkPeriodCase } from './check-period.ts'
import { Findings, type SchemeFinding } from './findings.ts'
import type { PeriodCase, SchemeCase, SchemeFile } from './format.ts'

/** Schemes whose wrong total is that of shares drawn anew, as garcia-jacobs draws them. */
const OF_NEW_SHARES: ReadonlySet<string> = new Set(['garcia-jacobs', 'klenze'])

/** Round of garcia-jacobs in which partial sums go out. */
const PARTIAL_SUMS = 3

/** How the last member falls silent. */
interface Silence {
  /** Party that it sends to nevertheless. */
  readonly spared?: MeterId | undefined
  /** Its first silent round; its last one unless given. */
  readonly round?: number
  readonly rng?: RngOf
}

/** Checks each case of a file. */
export function* checkSchemeFile(file: SchemeFile): Generator<SchemeFinding> {
  for (const of of file.cases) yield isOfSlots(of) ? checkSchemeCase(file, of) : checkPeriodCase(file, of)
}

const isOfSlots = (of: SchemeCase | PeriodCase): of is SchemeCase => 'slots' in of

/** Checks one case. */
export function checkSchemeCase(file: SchemeFile, of: SchemeCase): SchemeFinding {
  return new CaseCheck(file, of).run()
}

class CaseCheck {
  readonly #file: SchemeFile
  readonly #case: SchemeCase
  readonly #group: Group
  readonly #found = new Findings()

  constructor(file: SchemeFile, of: SchemeCase) {
    this.#file = file
    this.#case = of
    this.#group = sceneGroup(file.meters, file.lanes.length)
  }

  run(): SchemeFinding {
    const { scheme: name, slots, negative, recovery, noise, attack } = this.#case
    if (!(name in SCHEMES)) {
      this.#found.failures.push(`scheme: expected one of ${Object.keys(SCHEMES).join(', ')}, got ${JSON.stringify(name)}`)
    } else {
      const lockstep = this.#honest()
      for (const [i, each] of slots.entries()) this.#slot(lockstep, each, i)
      if (negative) this.#negative(negative.result)
      if (recovery) this.#recovery(recovery as { total: readonly (string | number)[] })
      if (noise) this.#noise(noise)
      if (attack) this.#attack(attack as Readonly<Record<string, unknown>>)
    }
    return { name, checked: this.#found.checked, failures: this.#found.failures }
  }

  #make(options: SchemeOptions, { tamper, rng = rngOf(this.#file.seed, this.#case.scheme) }: Partial<LockstepInit> = {}): Lockstep {
    const { scheme: name, bits, setup, slots } = this.#case
    const { keyAggregator, modulus } = setup
    const scheme = SCHEMES[name as SchemeName]({
      ...(bits === undefined ? {} : { bits, keyFor: (party: MeterId) => keyOf(this.#case, party) }),
      // Where a case has a modulus and no message of a setup, everybody knows it beforehand.
      ...(modulus && !setup.transcript ? { modulus: BigInt(`0x${modulus.p}`) * BigInt(`0x${modulus.q}`) } : {}),
      ...(keyAggregator === undefined ? {} : { keyAggregator: (group: Group) => group.members[keyAggregator] as MeterId }),
      ...options
    })
    const first = slot(slots[0]?.slot ?? 0)
    return new Lockstep({ scheme, group: this.#group, slot: first, rng, ...(tamper && { tamper }) })
  }

  #setUp(lockstep: Lockstep): PhaseResult {
    return lockstep.run({ phase: 'setup', slot: slot(this.#case.slots[0]?.slot ?? 0) })
  }

  #honest(): Lockstep {
    const lockstep = this.#make({})
    const { sent } = this.#setUp(lockstep)
    const { transcript } = this.#case.setup
    this.#found.expect('setup', digestOf(sent), transcript?.digest ?? digestOf([]))
    if (transcript) this.#found.expect('setup cost', costOf(sent, this.#group), transcript.cost)
    return lockstep
  }

  #slot(lockstep: Lockstep, { slot: number, readings, transcript, total }: SchemeCase['slots'][number], i: number): void {
    const { sent, outcome } = lockstep.run({ phase: 'slot', slot: slot(number), readings: readingsOf(this.#group, readings) })
    const what = `slot ${i}`
    for (const [k, message] of (transcript.messages ?? []).entries()) {
      const { round, from, to, bytes } = message
      const got = sorted(sent)[k]
      const mine = got && { round: got.round, from: numberOf(got.from), to: numberOf(got.to), bytes: toHex(got.body), sealed: got.sealed }
      this.#found.expect(`${what} message ${k}`, mine, { round, from, to, bytes, sealed: message.sealed === true })
    }
    this.#found.expect(`${what} digest`, digestOf(sent), transcript.digest)
    this.#found.expect(`${what} cost`, costOf(sent, this.#group), transcript.cost)
    this.#found.expect(`${what} total`, totalOf(outcome), total.map(String))
  }

  /** Runs the first slot of a group whose last member falls silent in it. */
  #withoutLast(options: SchemeOptions, { spared, round = this.#lastRound(), rng }: Silence = {}): Outcome | undefined {
    const last = this.#group.members.at(-1) as MeterId
    let isSlot = false
    const lockstep = this.#make(options, {
      ...(rng && { rng }),
      tamper: message => (isSlot && message.from === last && message.round >= round && message.to !== spared ? [] : [message])
    })
    this.#setUp(lockstep)
    isSlot = true
    const [first] = this.#case.slots
    if (!first) return undefined
    return lockstep.run({ phase: 'slot', slot: slot(first.slot), readings: readingsOf(this.#group, first.readings) }).outcome
  }

  /** Gives the last round of the first slot in which the last member sends. */
  #lastRound(): number {
    const last = this.#group.members.length - 1
    const own = (this.#case.slots[0]?.transcript.messages ?? []).filter(({ from }) => from === last)
    return Math.max(0, ...own.map(({ round }) => round))
  }

  /** Compares the number that comes out, or that none does, where the aggregator does not count who has sent. */
  #negative(result: readonly (string | number | null)[] | null): void {
    const spared = this.#group.parties.collector
    const outcome = OF_NEW_SHARES.has(this.#case.scheme) ? this.#withNewShares() : this.#withoutLast({ trusting: true }, { spared })
    const none = result === null || result.every(value => value === null)
    this.#found.expect('total without the last', totalOf(outcome), none ? null : result.map(String))
    const counted = this.#withoutLast({}, { spared })
    if (!this.#case.recovery) this.#found.expect('loss of the slot', counted?.type, 'lost')
  }

  /** Sums shares that garcia-jacobs draws with bytes of their own, where the last member's partial sum is missing. */
  #withNewShares(): Outcome | undefined {
    const shares = new CaseCheck(this.#file, { ...this.#case, scheme: 'garcia-jacobs' })
    const rng = rngOf(this.#file.seed, this.#case.scheme, '-negative')
    return shares.#withoutLast({ trusting: true }, { round: PARTIAL_SUMS, rng })
  }

  #recovery({ total }: { readonly total: readonly (string | number)[] }): void {
    const outcome = this.#withoutLast({})
    this.#found.expect('recovered total', totalOf(outcome), total.map(String))
    const contributors = outcome?.type === 'total' ? outcome.contributors.map(numberOf) : undefined
    this.#found.expect('recovered contributors', contributors, this.#group.members.slice(0, -1).map(numberOf))
  }

  /** Draws the first slot's noise by itself, and runs the slot with it. */
  #noise({ sensitivity, epsilon: [numerator, denominator], beta53, noise, noisyTotal }: NonNullable<SchemeCase['noise']>): void {
    const terms: Noise = {
      sensitivity: BigInt(sensitivity),
      epsilon: [BigInt(numerator), BigInt(denominator)],
      beta53: () => BigInt(beta53)
    }
    const [first] = this.#case.slots
    if (!first) return
    const { members, lanes } = this.#group
    const rng = rngOf(this.#file.seed, this.#case.scheme, '-noise')
    const drawn = members.map(id => {
      const own = rng(id, 'slot', slot(first.slot))
      return Array.from({ length: lanes }, () => Number(dilutedNoise(terms, members.length, own)))
    })
    this.#found.expect('noise', drawn, noise)
    const lockstep = this.#make({ noise: terms }, { rng })
    this.#setUp(lockstep)
    const { outcome } = lockstep.run({ phase: 'slot', slot: slot(first.slot), readings: readingsOf(this.#group, first.readings) })
    this.#found.expect('noisy total', totalOf(outcome), noisyTotal.map(String))
  }

  #attack({ what: _, ...expected }: Readonly<Record<string, unknown>>): void {
    const attack = ATTACKS[this.#case.scheme]
    if (!attack) {
      this.#found.failures.push('attack: expected one on this scheme, got none')
      return
    }
    const { succeeded, learnt } = attack.run(this.#scene())
    this.#found.expect('attack', { succeeded, ...pick(learnt, Object.keys(expected)) }, { succeeded: true, ...expected })
  }

  #scene(): AttackScene {
    return {
      group: this.#group,
      slots: this.#case.slots.map(each => ({ slot: slot(each.slot) as Slot, readings: readingsOf(this.#group, each.readings) })),
      enter: (options = {}, tamper) => {
        const lockstep = this.#make(options, tamper && { tamper })
        this.#setUp(lockstep)
        return lockstep
      },
      primesOf: party => {
        const primes = primesOf(this.#case, party)
        if (!primes) throw new HushgridError(`primes of party ${numberOf(party)}: expected some in the case, got none`)
        return primes
      }
    }
  }
}

function pick(of: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map(name => [name, of[name]]))
}

function totalOf(outcome: Outcome | undefined): string[] | null {
  return outcome?.type === 'total' ? signed(outcome.lanes) : null
}

const signed = (lanes: LaneVector): string[] => signedLanes(lanes).map(String)

/** Orders messages by round, sender and receiver. */
function sorted(sent: readonly Sent[]): Sent[] {
  const order = ({ round, from, to }: Sent): number => round * 2 ** 32 + numberOf(from) * 2 ** 16 + numberOf(to)
  return [...sent].sort((a, b) => order(a) - order(b))
}

/** Computes SHA-256 over u8 round ‖ u16 from ‖ u16 to ‖ u32 length ‖ body of each message. */
function digestOf(sent: readonly Sent[]): string {
  return toHex(
    sha256(
      ...sorted(sent).flatMap(({ round, from, to, body }) => [
        u8(round),
        u16(numberOf(from)),
        u16(numberOf(to)),
        u32(body.byteLength),
        body
      ])
    )
  )
}

function costOf(sent: readonly Sent[], { members }: Group): SchemeCase['slots'][number]['transcript']['cost'] {
  let [sentBytes, delivered, deliveredBytes] = [0, 0, 0]
  for (const { to, body } of sent) {
    // A meter's broadcast goes to all other meters and the aggregator, anybody else's to all meters.
    const receivers = to === 'meters' ? members.length : 1
    sentBytes += body.byteLength
    delivered += receivers
    deliveredBytes += receivers * body.byteLength
  }
  return { sent: sent.length, sentBytes, delivered, deliveredBytes }
}
