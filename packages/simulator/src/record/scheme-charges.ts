// What each change of a scheme's group cost: its announcement, and the rounds of its setup, join or leave.
import type { MeterId, Slot } from '@hushgrid/primitives'
import type { MembershipChange } from '@hushgrid/scenarios'
import type { Decision, SendOutput } from '@hushgrid/schemes'

interface Charge {
  readonly decision: Decision
  messages: number
  bytes: number
  readonly touched: Set<number>
  /** Key agreements of all setups before it. */
  readonly agreementsBefore: number
}

export interface SchemeChargesInit {
  readonly firstSlot: Slot
  meterOf(id: MeterId): number | undefined
  /** Counts the key agreements of setups so far. */
  agreements(): number
}

/** Books the costs of changes; those of one announcement share them evenly. */
export class SchemeCharges {
  readonly #of: SchemeChargesInit
  readonly #charges: Charge[] = []
  readonly #crashes: MembershipChange[] = []

  constructor(of: SchemeChargesInit) {
    this.#of = of
  }

  announced(decision: Decision, copies: number): void {
    const bytes = copies * decision.bytes.byteLength
    this.#charges.push({ decision, messages: copies, bytes, touched: new Set(), agreementsBefore: this.#of.agreements() })
  }

  /** Books a message of a setup, join or leave. */
  sent({ slot, bytes }: SendOutput, by: MeterId, copies: number): void {
    const charge = this.#charges.findLast(({ decision }) => decision.firstSlot === slot)
    if (!charge) return
    charge.messages += copies
    charge.bytes += copies * bytes.byteLength
    const meter = this.#of.meterOf(by)
    if (meter !== undefined) charge.touched.add(meter)
  }

  crashed(meter: number, slot: number): void {
    const nothing = { messages: 0, bytes: 0, keyAgreements: { own: 0, others: 0, again: 0 }, touched: [], deltaBytes: 0, changesInDelta: 1 }
    this.#crashes.push({ slot, kind: 'crash', meter, epoch: undefined, ...nothing })
  }

  /** Gives all changes in the order of their slots. The first group is no change. */
  result(): MembershipChange[] {
    const changes = this.#charges.slice(1).flatMap((charge, i) => this.#changesOf(charge, this.#charges[i + 2]))
    return [...changes, ...this.#crashes].sort((a, b) => a.slot - b.slot)
  }

  #changesOf(charge: Charge, next: Charge | undefined): MembershipChange[] {
    const { decision, messages, bytes, touched, agreementsBefore } = charge
    const { changes, group, firstSlot } = decision
    const agreements = (next?.agreementsBefore ?? this.#of.agreements()) - agreementsBefore
    const share = changes.length
    return changes.flatMap(({ kind, id }) => {
      const meter = this.#of.meterOf(id)
      if (meter === undefined) return []
      return {
        slot: firstSlot - this.#of.firstSlot,
        kind,
        meter,
        epoch: group.epoch,
        messages: messages / share,
        bytes: bytes / share,
        keyAgreements: { own: 0, others: agreements / share, again: 0 },
        touched: [...touched].sort((a, b) => a - b),
        deltaBytes: decision.bytes.byteLength,
        changesInDelta: share
      }
    })
  }
}
