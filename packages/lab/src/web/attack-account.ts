// Account of one "ask twice": who refused, who gave masks, and the verdict on it.
import type { LabSlot, LabVerdict } from '@hushgrid/web-api'
import { NO_RESULT } from '../report/schema/slots.ts'

/** Outcome of one "ask twice". */
export class AttackAccount {
  readonly slot: number
  readonly household: number
  /** Number of meters that were shown a request, or the reason why none went out; undefined until one is known. */
  sent: { readonly shown: number } | { readonly problem: string } | undefined
  /** Result of the slot, once it is over. */
  result: Pick<LabSlot, 'lost' | 'reason'> | undefined
  readonly #disputing = new Set<number>()
  /** Households that refuse, by reason. */
  readonly #refusing = new Map<string, Set<number>>()
  readonly #catching = new Set<number>()
  /** Number of times that each household's meter has given masks away. */
  readonly #given = new Map<number, number>()

  constructor(slot: number, household: number) {
    this.slot = slot
    this.household = household
  }

  disputed(household: number): void {
    this.#disputing.add(household)
  }

  refused(household: number, reason: string): void {
    const households = this.#refusing.get(reason) ?? new Set()
    households.add(household)
    this.#refusing.set(reason, households)
  }

  caught(household: number): void {
    this.#catching.add(household)
  }

  gaveMasks(household: number): void {
    this.#given.set(household, (this.#given.get(household) ?? 0) + 1)
  }

  /**
   * Outcome in one sentence; undefined while it is not known.
   *
   * @param when - the slot, for a person: `07:15 UTC`
   */
  verdict(when: string): LabVerdict | undefined {
    const { sent, result } = this
    if (!sent || !result) return undefined
    if ('problem' in sent) return { text: `nobody was asked: ${sent.problem}`, held: true }
    const { against, once, twice } = this.#counts
    const refused = against.size === 0 ? `${sent.shown} asked` : `refused by ${against.size} of ${sent.shown}`
    const said = `${refused}${once > 0 ? `, answered once by ${once}` : against.size < sent.shown && twice === 0 ? ', answered by none' : ''}`
    const end = result.lost ? ', which is lost' : ''
    if (twice > 0) return { text: `${said}: ${count(twice, 'meter', 'meters')} answered twice for the slot of ${when}${end}`, held: false }
    return { text: `${said}: nobody answers twice for the slot of ${when}${end}`, held: true }
  }

  /** Meters against the attack in whatever way, and those that gave masks away once, or more often. */
  get #counts(): { readonly against: ReadonlySet<number>; readonly once: number; readonly twice: number } {
    const against = new Set([...this.#disputing, ...[...this.#refusing.values()].flatMap(each => [...each]), ...this.#catching])
    const twice = [...this.#given.values()].filter(times => times > 1).length
    return { against, once: this.#given.size - twice, twice }
  }

  /** Line for the log; undefined while the outcome is not known. */
  get outcome(): string | undefined {
    const { sent, result } = this
    if (!sent || !result) return undefined
    const who = `Asking twice about meter ${this.household}:`
    if ('problem' in sent) return `${who} the requests did not go out, since ${sent.problem}.`
    const said = [who, result.lost ? `the slot is lost (${result.reason ?? NO_RESULT});` : 'the slot has its total;']
    said.push(`${count(sent.shown, 'meter was', 'meters were')} shown a request,`)
    const met: string[] = []
    if (this.#disputing.size > 0) met.push(`${this.#disputing.size} ${this.#disputing.size === 1 ? 'disputes' : 'dispute'}`)
    for (const [rule, { size }] of this.#refusing) met.push(`${size} ${size === 1 ? 'refuses' : 'refuse'} (${rule})`)
    if (this.#catching.size > 0) met.push(`${count(this.#catching.size, 'meter holds', 'meters hold')} both requests as evidence`)
    said.push(met.length > 0 ? `${met.join(', ')};` : 'and nobody answered;')
    const { once, twice } = this.#counts
    if (once + twice === 0) said.push('no masks were released.')
    else
      said.push(
        `${count(once + twice, 'meter', 'meters')} released masks, ${twice === 0 ? 'none of them twice' : `${twice} of them twice`}.`
      )
    return said.join(' ')
  }
}

function count(number: number, one: string, more: string): string {
  return `${number} ${number === 1 ? one : more}`
}
