// Counts key agreements by what brought them about: forming, joins, leaves, crashes.
import { toHex } from '@hushgrid/primitives'

/** What the change of an epoch that caused key agreements is charged with. */
export interface AgreementAccount {
  own: number
  others: number
  again: number
  readonly touched: Set<number>
}

interface LedgerEpoch {
  readonly joined: ReadonlyMap<number, AgreementAccount>
  readonly left: readonly { readonly account: AgreementAccount; readonly neighbours: ReadonlySet<number> }[]
  /** For what no join or leave of the epoch explains. */
  readonly rest: AgreementAccount | undefined
}

/** The accounts of an epoch's changes, by the meter that each is about. */
interface ChangeAccounts {
  readonly joined: ReadonlyMap<number, AgreementAccount>
  readonly left: ReadonlyMap<number, AgreementAccount>
  /** For what no join or leave of the epoch explains. */
  readonly rest: AgreementAccount | undefined
}

export function emptyAccount(): AgreementAccount {
  return { own: 0, others: 0, again: 0, touched: new Set() }
}

/**
 * Lays each key agreement at the door of the change that made it necessary: one with or by a newcomer at its join, one
 * between two members that a departure made neighbours at that leave, one that the same meter had made before at nobody's.
 */
export class KeyAgreementLedger {
  readonly #meterOf = new Map<string, number>()
  readonly #pending = new Map<number, number[]>()
  readonly #before = new Set<number>()
  readonly #epochs = new Map<number, LedgerEpoch>()
  /** Agreements made at a start, out of the journal. */
  restored = 0

  addMeter(meter: number, blindingKey: Uint8Array): void {
    this.#meterOf.set(toHex(blindingKey), meter)
  }

  /** Notes that a meter agrees on a key; {@link takenUp} or {@link started} tells what for. */
  agreed(meter: number, blindingKey: Uint8Array): void {
    const other = this.#meterOf.get(toHex(blindingKey))
    if (other === undefined) return
    const pending = this.#pending.get(meter)
    if (pending) pending.push(other)
    else this.#pending.set(meter, [other])
  }

  /** Charges nobody for what a meter has agreed on since: it was for the rosters of its journal. */
  started(meter: number): void {
    for (const other of this.#take(meter)) {
      this.restored++
      this.#before.add(pair(meter, other))
    }
  }

  /**
   * Opens the accounts of an epoch, for the changes that its roster tells.
   *
   * @param neighboursOf - the neighbours that a meter which left had, by number
   */
  open(epoch: number, { joined, left, rest }: ChangeAccounts, neighboursOf: (meter: number) => readonly number[]): void {
    const departures = [...left].map(([meter, account]) => ({ account, neighbours: new Set(neighboursOf(meter)) }))
    this.#epochs.set(epoch, { joined, left: departures, rest })
  }

  /** Charges what a meter has agreed on since to the epoch whose roster it has taken up. */
  takenUp(meter: number, epoch: number): void {
    const others = this.#take(meter)
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

  #take(meter: number): readonly number[] {
    const pending = this.#pending.get(meter)
    if (!pending) return []
    this.#pending.delete(meter)
    return pending
  }
}

function pair(a: number, b: number): number {
  return a * 2 ** 20 + b
}
