// Decides by linear algebra, rather than by opinion, whether an adversary has learnt anything about few households.
import { type Known, knownOf, type Row, reduced, sparse } from './elimination.ts'

/** The part of a roster that the oracle needs. */
export interface OracleRoster {
  readonly hash: Uint8Array
  readonly n: number
  readonly minMembers: number
  /** Lanes, each with the fewest members able to fill it in a sum. */
  readonly lanes: readonly { readonly obis: string; readonly support: number }[]
  /** As the roster writes it; 2, double mask, is the only one that changes what a submission hides. */
  readonly recovery?: number
  meterId(index: number): string
  neighbours(index: number): readonly number[]
  isAbsent(index: number): boolean
  isCut(a: number, b: number): boolean
  canFill(index: number, lane: number): boolean
}

/** A combination of what was seen that depends on too few honest readings. */
export interface Leak {
  readonly slot: number
  /** Lane whose readings these are. */
  readonly lane: string
  /** The honest meters whose readings alone it depends on. */
  readonly meters: readonly string[]
  /** What the combination is made of. */
  readonly from: readonly string[]
  /** The field in which it was found: a large prime, or 2 for what is known of the lowest bits. */
  readonly modulus: number
}

/** A sum over fewer members than the roster promises: of a component that is too small, or of a lane that too few can fill. */
export interface ThinSum extends Leak {
  /** Fewest honest meters that it may depend on. */
  readonly needed: number
  readonly kind: 'members' | 'support'
}

/** A linear equation over unknown readings and masks. */
interface Observation {
  readonly what: string
  /** By meter id: always 1. */
  readonly reading: string | undefined
  /** Lanes that it has a value for. */
  readonly lanes: ReadonlySet<string>
  /** By the edge mask's name: 1 or −1. */
  readonly masks: ReadonlyMap<string, number>
  /** Always 1; kept apart from the edge masks, since it is known or not by its shares. */
  readonly privateMask: PrivateMask | undefined
}

interface PrivateMask {
  readonly name: string
  /** Shares that give it. */
  readonly threshold: number
}

/** All that was seen of a slot. */
interface Seen {
  /** By what was seen, so that the same message counts once. */
  readonly observations: Map<string, Observation>
  /** By the private mask's name, the ids of those whose share of it is known. */
  readonly holders: Map<string, Set<string>>
  /** Promises for sums, by the hash of the roster that makes them: a member that missed one submits under the one before. */
  readonly promises: Map<string, Promised>
}

/** The roster's promise for sums over its members. */
interface Promised {
  /** Members that a sum has at least, the colluders left out. */
  readonly members: number
  /** By lane: who can fill it, by meter id, and how many of them a sum has at least; colluders are left out. */
  readonly lanes: ReadonlyMap<string, { readonly able: ReadonlySet<string>; readonly support: number }>
}

/** The largest prime below 2^26: products of two residues are exact in a double. */
const LARGE_PRIME = 67_108_859
/** Honest readings that any sum must have (PROTOCOL.md section 5, h). */
const FEWEST_HONEST = 3
/** `recovery` of a roster whose submissions carry a private mask. */
const DOUBLE_MASK = 2

/**
 * Everything that the adversary saw, as linear equations over the unknown readings and masks of honest meters: a
 * submission is its reading plus signed masks (plus, with double mask, its owner's private mask of that slot and roster),
 * a release is a sum of signed masks; a mask between an honest and a colluding meter is known, and dropped. It asks whether
 * any combination of the equations is free of masks and depends on readings of one or two honest meters only (`leaks`), or
 * of fewer than the roster promises (`thinSums`).
 *
 * Masks are outputs of a PRF under keys that the adversary has not got, so it knows of them just what the equations say.
 * The equations hold in Z_2^64 and have entries −1, 0 and 1. A combination that exists over the rationals can be written
 * with integers without a common factor, so it is one over Z_2^64 too; elimination modulo a large prime finds it unless
 * the prime divides one of the minors, which no matrix here is likely to have. What exists over Z_2^64 alone comes from an
 * even elementary divisor: a multiple of 2^63, say, takes a mask away that occurs twice, and leaves the lowest bit of
 * some readings. Then the rank modulo 2 is lower than over the rationals, and the same elimination modulo 2 finds that
 * combination. Slots share no unknowns, so each is decided by itself.
 *
 * A private mask is a PRF output of a seed that is shared among all d mask neighbours of its owner, absent ones too, with
 * threshold t = floor(2d/3) + 1 (PROTOCOL.md section 7). The corrections in the submission are public, so any t of the
 * r give the seed, and fewer leave it uniformly random (Shamir): the adversary either computes the mask or knows nothing
 * of it. It has the r that honest holders released and those that colluding neighbours hold, who derive them from the
 * shared secret. With t of them the mask is dropped. With fewer it is an unknown that occurs in one equation only, so this
 * equation takes part in no combination without masks, and is left out.
 */
export class LeakageOracle {
  readonly #colluders: ReadonlySet<string>
  readonly #consents: (meterId: string, lane: string) => boolean
  readonly #slots = new Map<number, Seen>()
  /** What is known, by slot, field and observations: lanes mostly have the same ones. */
  readonly #known = new Map<string, Known>()

  /** @param consents - tells whether a household agrees to be seen in a sum of a lane that few can fill */
  constructor(colluders: ReadonlySet<string> = new Set(), consents: (meterId: string, lane: string) => boolean = () => false) {
    this.#colluders = colluders
    this.#consents = consents
  }

  /** A submission of the member at a position. */
  submission(roster: OracleRoster, slot: number, position: number): void {
    const present = maskedTowards(roster, position)
    const reading = roster.meterId(position)
    const what = `submission of ${reading} under ${hex(roster.hash)}`
    const privateMask = roster.recovery === DOUBLE_MASK ? this.#privateMask(roster, slot, position) : undefined
    const lanes = new Set(roster.lanes.map(({ obis }) => obis))
    this.#seen(slot).promises.set(hex(roster.hash), this.#promised(roster))
    this.#see(slot, reading, { what, reading, lanes, masks: this.#masks(roster, position, present), privateMask })
  }

  /**
   * A release of the member at a position for the missing members M.
   *
   * @param open - positions of its lanes in the roster; all where it is left out
   */
  release(roster: OracleRoster, slot: number, position: number, members: readonly number[], open?: readonly number[]): void {
    const towards = maskedTowards(roster, position).filter(other => members.includes(other))
    const id = roster.meterId(position)
    const lanes = new Set(roster.lanes.flatMap(({ obis }, lane) => (!open || open.includes(lane) ? [obis] : [])))
    const what = `release of ${id} for ${towards.map(other => roster.meterId(other)).join('+')} in ${[...lanes].join('+')} under ${hex(roster.hash)}`
    this.#see(slot, id, { what, reading: undefined, lanes, masks: this.#masks(roster, position, towards), privateMask: undefined })
  }

  /** What section 7 promises of every sum over a roster's members. The adversary takes its colluders' readings off. */
  #promised(roster: OracleRoster): Promised {
    const ids = Array.from({ length: roster.n }, (_, index) => roster.meterId(index))
    const present = ids.filter((id, index) => !roster.isAbsent(index) && !this.#colluders.has(id))
    const colluding = ids.filter((id, index) => !roster.isAbsent(index) && this.#colluders.has(id)).length
    const lanes = roster.lanes.map(({ obis, support }, lane) => {
      const able = new Set(present.filter(id => roster.canFill(ids.indexOf(id), lane)))
      const least = [...able].every(id => this.#consents(id, obis)) ? support : Math.max(support, roster.minMembers)
      const lying = ids.filter((id, index) => this.#colluders.has(id) && roster.canFill(index, lane)).length
      return [obis, { able, support: least - lying }] as const
    })
    return { members: roster.minMembers - colluding, lanes: new Map(lanes) }
  }

  /**
   * A ShareRelease of the member at a position.
   *
   * @param owners - positions of the members whose shares it gives
   * @throws RangeError on an owner that is not its neighbour: it holds no share of such a one
   */
  share(roster: OracleRoster, slot: number, holder: number, owners: readonly number[]): void {
    const neighbours = roster.neighbours(holder)
    for (const owner of owners) {
      if (!neighbours.includes(owner)) throw new RangeError(`owner: expected a neighbour of member ${holder}, got member ${owner}`)
      this.#holders(slot, privateMaskName(roster, owner)).add(roster.meterId(holder))
    }
  }

  #privateMask(roster: OracleRoster, slot: number, owner: number): PrivateMask {
    const name = privateMaskName(roster, owner)
    const neighbours = roster.neighbours(owner)
    for (const id of neighbours.map(other => roster.meterId(other))) if (this.#colluders.has(id)) this.#holders(slot, name).add(id)
    return { name, threshold: Math.floor((2 * neighbours.length) / 3) + 1 }
  }

  #masks(roster: OracleRoster, position: number, others: readonly number[]): Map<string, number> {
    const own = roster.meterId(position)
    const masks = new Map<string, number>()
    for (const other of others) {
      const id = roster.meterId(other)
      if (this.#colluders.has(id)) continue
      const [lower, higher] = own < id ? [own, id] : [id, own]
      masks.set(`${lower} ${higher} ${hex(roster.hash)}`, own === lower ? 1 : -1)
    }
    return masks
  }

  #see(slot: number, sender: string, observation: Observation): void {
    // What colluders send says nothing that they do not know.
    if (!this.#colluders.has(sender)) this.#seen(slot).observations.set(observation.what, observation)
  }

  #seen(slot: number): Seen {
    const seen = this.#slots.get(slot) ?? { observations: new Map(), holders: new Map(), promises: new Map() }
    this.#slots.set(slot, seen)
    return seen
  }

  #holders(slot: number, privateMask: string): Set<string> {
    const { holders } = this.#seen(slot)
    const of = holders.get(privateMask) ?? new Set()
    holders.set(privateMask, of)
    return of
  }

  /** Combinations that depend on fewer than three honest meters; empty where every reading is hidden. */
  leaks(): Leak[] {
    return this.#inEachLane((known, _, found) => found(sparse(reduced(known), FEWEST_HONEST)))
  }

  /**
   * Combinations that depend on fewer honest meters than the roster promises, which holds while at most t − d/2 − 1 of a
   * meter's neighbours collude with double mask. A lane's readings are 0 where its meter cannot fill it.
   */
  thinSums(): ThinSum[] {
    const thin: ThinSum[] = []
    const note = (needed: number, kind: ThinSum['kind']) => (leak: Leak) => void thin.push({ ...leak, needed, kind })
    this.#inEachLane((known, { promises, lane }, found) => {
      // Masks of two rosters never cancel: what is made of messages under one roster alone is measured by its promise.
      for (const [hash, promise] of promises) {
        const ownOf = (leaks: readonly Leak[]): Leak[] => leaks.filter(({ from }) => from.every(what => what.endsWith(hash)))
        ownOf(found(sparse(reduced(known), promise.members))).forEach(note(promise.members, 'members'))
        const terms = promise.lanes.get(lane)
        if (terms) ownOf(found(sparse(reduced(known, terms.able), terms.support))).forEach(note(terms.support, 'support'))
      }
    })
    return thin
  }

  /**
   * Looks at what is known of readings alone in each slot and lane, in both fields.
   *
   * @param look - handed the combinations without masks; turns vectors into leaks by `found`
   */
  #inEachLane(
    look: (
      known: Known,
      of: { readonly promises: ReadonlyMap<string, Promised>; readonly lane: string },
      found: (rows: readonly Row[]) => Leak[]
    ) => void
  ): Leak[] {
    const leaks: Leak[] = []
    for (const [slot, seen] of this.#slots) {
      const opened = [...seen.observations.values()].filter(
        ({ privateMask }) => !privateMask || (seen.holders.get(privateMask.name)?.size ?? 0) >= privateMask.threshold
      )
      for (const lane of new Set(opened.flatMap(({ lanes }) => [...lanes]))) {
        const observations = opened.filter(({ lanes }) => lanes.has(lane))
        for (const modulus of [LARGE_PRIME, 2]) {
          const name = `${slot} ${modulus} ${observations.map(({ what }) => what).join()}`
          const known = this.#known.get(name) ?? knownOf(observations, modulus)
          this.#known.set(name, known)
          look(known, { promises: seen.promises, lane }, rows => {
            const found = rows.map(({ readings, from }) => ({
              ...{ slot, lane, modulus },
              meters: known.meters.filter((_, column) => readings[column] !== 0),
              from: observations.filter((_, index) => from[index] !== 0).map(({ what }) => what)
            }))
            leaks.push(...found)
            return found
          })
        }
      }
    }
    return leaks
  }
}

/** Neighbours towards whom a member masks. */
function maskedTowards(roster: OracleRoster, position: number): number[] {
  return roster.neighbours(position).filter(other => !roster.isAbsent(other) && !roster.isCut(position, other))
}

function privateMaskName(roster: OracleRoster, owner: number): string {
  return `${roster.meterId(owner)} ${hex(roster.hash)}`
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
