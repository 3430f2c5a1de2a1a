// Counts key agreements by their cause: forming, joins, leaves, crashes.
import { toHex } from '@hushgrid/primitives'

/** Key agreements charged to one change of an epoch. */
export interface AgreementAccount {
  own: number
  others: number
  again: number
  readonly touched: Set<number>
}

interface LedgerEpoch {
  readonly joined: ReadonlyMap<number, AgreementAccount>
  readonly left: readonly { readonly account: AgreementAccount; readonly neighbours: ReadonlySet<number> }[]
  /** Account of agreements that no join or leave of the epoch explains. */
  readonly rest: AgreementAccount | undefined
}

/** Accounts of an epoch's changes, by meter. */
interface ChangeAccounts {
  readonly joined: ReadonlyMap<number, AgreementAccount>
  readonly left: ReadonlyMap<number, AgreementAccount>
  /** Account of agreements that no join or leave of the epoch explains. */
  readonly rest: AgreementAccount | undefined
}

export function emptyAccount(): AgreementAccount {
  return { own: 0, others: 0, again: 0, touched: new Set() }
}

/**
 * Charges each key agreement to its cause: one with or by a newcomer to its join, one between members that a departure made
 * neighbours to that leave, and one that the same meter had made before to nobody.
 */
export class KeyAgreementLedger {
  readonly #ownerOf = new Map<string, { readonly meter: number; readonly season: number }>()
  readonly #pending = new Map<number, { readonly other: number; readonly season: number }[]>()
  readonly #before = new Set<number>()
  readonly #epochs = new Map<number, LedgerEpoch>()
  /** Number of all agreements that meters have made. */
  made = 0
  /** Number of agreements made at a start, for the rosters of the journal. */
  restored = 0

  /** Notes a meter's key of a season. */
  addKey(meter: number, season: number, blindingKey: Uint8Array): void {
    this.#ownerOf.set(toHex(blindingKey), { meter, season })
  }

  /** Notes that a meter agrees on a key; {@link takenUp} or {@link started} tells the cause. */
  agreed(meter: number, blindingKey: Uint8Array): void {
    this.made++
    const owner = this.#ownerOf.get(toHex(blindingKey))
    if (!owner) return
    const agreement = { other: owner.meter, season: owner.season }
    const pending = this.#pending.get(meter)
    if (pending) pending.push(agreement)
    else this.#pending.set(meter, [agreement])
  }

  /** Charges nobody for the agreements that a meter has noted: they were for the rosters of its journal. */
  started(meter: number): void {
    for (const other of this.#take(meter)) {
      this.restored++
      this.#before.add(pair(meter, other))
    }
  }

  /**
   * Opens the accounts of an epoch for the changes in its roster.
   *
   * @param neighboursOf - gives the numbers of the neighbours of a meter that left
   */
  open(epoch: number, { joined, left, rest }: ChangeAccounts, neighboursOf: (meter: number) => readonly number[]): void {
    const departures = [...left].map(([meter, account]) => ({ account, neighbours: new Set(neighboursOf(meter)) }))
    this.#epochs.set(epoch, { joined, left: departures, rest })
  }

  /**
   * Charges the agreements of a season that a meter has noted to the epoch whose roster it has taken up. Those of the first
   * epoch of a later season, which every member makes, are nobody's.
   */
  takenUp(meter: number, { epoch, season }: { readonly epoch: number; readonly season: number }): void {
    const others = this.#take(meter, season)
    if (others.length === 0) return
    const accounts = this.#epochs.get(epoch)
    for (const other of others) {
      const known = this.#before.has(pair(meter, other))
      this.#before.add(pair(meter, other))
      if (!accounts) continue
      const own = accounts.joined.get(meter)
      const theirs = accounts.joined.get(other)
      const departure = accounts.left.find(({ neighbours }) => neighbours.has(meter) && neighbours.has(other)) ?? accounts.left[0]
      const account = own ?? theirs ?? departure?.account ?? accounts.rest
      if (!account) continue
      account.touched.add(meter)
      if (known) account.again++
      else if (own) account.own++
      else account.others++
    }
  }

  /** Takes the agreements that a meter has noted, of one season or of all. */
  #take(meter: number, season?: number): readonly number[] {
    const pending = this.#pending.get(meter) ?? []
    const taken = pending.filter(each => season === undefined || each.season === season)
    this.#pending.set(
      meter,
      pending.filter(each => !taken.includes(each))
    )
    return taken.map(({ other }) => other)
  }
}

function pair(a: number, b: number): number {
  return a * 2 ** 20 + b
}
