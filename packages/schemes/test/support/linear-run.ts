// A run as linear forms modulo 2^64, found by shifting one reading, drawn number or derived mask at a time and looking at which
// words of which bodies move. No model of a scheme is written down, so none can be wrong.
import { lanesFromIntegers, lanesToBytes, type MeterId } from '@hushgrid/primitives'
import type { Sent } from '../../src/lockstep.ts'
import type { AnyRole, BoundRounds, Group, Scheme } from '../../src/scheme.ts'
import { FIRST_SLOT, SmallGroup, seededRngOf } from './small-group.ts'

/** A reading, a drawn lane or a derived one. */
export interface Unknown {
  readonly name: string
  /** Who reads, draws or derives it. */
  readonly knowers: ReadonlySet<MeterId>
}

/** A readable word: its message, and its coefficients in the order of the unknowns. */
export interface Word {
  readonly message: Sent
  readonly form: readonly bigint[]
}

export interface LinearRun {
  readonly group: Group
  /** Parties that take part. */
  readonly parties: readonly MeterId[]
  readonly unknowns: readonly Unknown[]
  readonly sent: readonly Sent[]
  readonly words: readonly Word[]
  /** Words that are no linear form modulo 2^64 and are left out, by message. */
  readonly others: readonly Sent[]
}

const SHIFTS = [1n, (1n << 33n) + 5n] as const

/** Shifts 8 bytes of a source by its name, and notes who asked for them. */
export class Shifter {
  readonly knowers = new Map<string, Set<MeterId>>()
  #self: MeterId | undefined
  readonly #name: string | undefined
  readonly #by: bigint

  constructor(name?: string, by = 0n) {
    this.#name = name
    this.#by = by
  }

  shift(name: string, bytes: Uint8Array, self = this.#self): Uint8Array {
    if (bytes.byteLength !== 8 || !self) return bytes
    const knowers = this.knowers.get(name) ?? new Set<MeterId>()
    this.knowers.set(name, knowers.add(self))
    if (name !== this.#name) return bytes
    const value = new DataView(Uint8Array.from(bytes).buffer).getBigUint64(0, true)
    return lanesToBytes(lanesFromIntegers([value + this.#by]))
  }

  /** Wraps a scheme so that it is known whose round runs. */
  watched(scheme: Scheme): Scheme {
    const watch = (role: AnyRole): AnyRole => ({
      open: opened => {
        const watchAll = (rounds: BoundRounds[keyof BoundRounds] = []) =>
          rounds.map(
            round =>
              round && {
                ...round,
                run: (...[inbox, turn]: Parameters<typeof round.run>) => {
                  this.#self = turn.self
                  return round.run(inbox, turn)
                }
              }
          )
        return Object.fromEntries(Object.entries(role.open(opened)).map(([phase, rounds]) => [phase, watchAll(rounds)]))
      }
    })
    return { ...scheme, roles: Object.fromEntries(Object.entries(scheme.roles).map(([name, role]) => [name, watch(role)])) }
  }
}

interface Ran {
  readonly group: Group
  readonly sent: readonly Sent[]
}

/** Runs the setup and a slot of one lane. */
function ran(scheme: Scheme, readings: readonly bigint[], shifter: Shifter): Ran {
  const seeded = seededRngOf('linear')
  const small = new SmallGroup(shifter.watched(scheme), {
    meters: readings.length,
    rng: (party, phase, slot) => {
      const rng = seeded(party, phase, slot)
      let call = 0
      return { bytes: length => shifter.shift(`drawn ${party} ${phase} ${call++}`, rng.bytes(length), party) }
    }
  })
  return {
    group: small.group,
    sent: [
      ...small.setup.sent,
      ...small.slot(
        readings.map(value => [value]),
        { at: FIRST_SLOT }
      ).sent
    ]
  }
}

/** Reads whole words; bytes that are left over are no lane. */
function wordsOf({ body }: Sent): bigint[] {
  const view = new DataView(Uint8Array.from(body).buffer)
  return Array.from({ length: Math.floor(body.byteLength / 8) }, (_, i) => view.getBigUint64(8 * i, true))
}

/**
 * Finds the linear forms of a scheme's words.
 *
 * @param enter - takes the shifter of each run before it begins, for masks that are derived
 */
export function linearRun(scheme: Scheme, meters: number, enter: (shifter: Shifter) => void): LinearRun {
  const readings = Array.from({ length: meters }, (_, i) => BigInt(1000 + 7 * i))
  const start = (shifter: Shifter, moved = readings): Ran => {
    enter(shifter)
    return ran(scheme, moved, shifter)
  }
  const first = new Shifter()
  const { group, sent } = start(first)
  const names = [...first.knowers.keys()]
  const moves = (by: bigint): readonly Ran[] => [
    ...group.members.map((_, i) => start(new Shifter(), readings.with(i, (readings[i] as bigint) + by))),
    ...names.map(name => start(new Shifter(name, by)))
  ]
  const [small, large] = SHIFTS.map(moves) as [readonly Ran[], readonly Ran[]]
  const words: Word[] = []
  const others: Sent[] = []
  sent.forEach((message, m) => {
    wordsOf(message).forEach((word, w) => {
      const movedBy = (runs: readonly Ran[]): bigint[] =>
        runs.map(run => BigInt.asUintN(64, (wordsOf(run.sent[m] as Sent)[w] as bigint) - word))
      const form = movedBy(small)
      const linear = movedBy(large).every((moved, i) => moved === BigInt.asUintN(64, (form[i] as bigint) * (SHIFTS[1] as bigint)))
      if (linear) words.push({ message, form })
      else others.push(message)
    })
  })
  return {
    group,
    parties: [...group.members, ...Object.entries(group.parties).flatMap(([role, id]) => (role in scheme.roles ? [id] : []))],
    unknowns: [
      ...group.members.map(id => ({ name: `reading ${id}`, knowers: new Set([id]) })),
      ...names.map(name => ({ name, knowers: first.knowers.get(name) as Set<MeterId> }))
    ],
    sent,
    words,
    others
  }
}
