// A bill of the store checked once more from its proof, step by step in words.
import type { Bands } from '@hushgrid/billing'
import { HttpProblem } from '@hushgrid/http'
import type { HouseholdBill, Network, Store } from '@hushgrid/mdms'
import { equalBytes, HushgridError } from '@hushgrid/primitives'
import type { BillCheckStep } from '@hushgrid/web-api'
import { type BillAnswer, BillPool, BillPoolFullError, BillThreadError } from '../bills/bill-pool.ts'
import type { Pseudonyms } from '../household/pseudonyms.ts'

/** Most bills that may be waiting or being checked, each a few hundred milliseconds. */
const MOST_WAITING = 8
const WAIT_SECONDS = 5

interface Step {
  readonly what: string
  /** Faults at which the step does not hold. */
  readonly faults: readonly string[]
  readonly explained: string
}

/**
 * Steps of a check, about in the order in which `BillChecker` (packages/billing) takes them. After one that fails the others
 * are given as not looked at, whether they were or not.
 */
const PROOF: readonly Step[] = [
  {
    what: 'The bill can be read',
    faults: ['encoding', 'amount'],
    explained: 'Its bytes are a bill: every commitment and number in it is one that there can be, and the amount is not beyond all bounds.'
  },
  {
    what: 'Its tariff is one of ours',
    faults: ['tariff'],
    explained: 'The bill names the prices of every slot by their hash. The store has a tariff whose prices for this period have that hash.'
  },
  {
    what: 'Each slot is in it once',
    faults: ['meter', 'period', 'coverage', 'lanes'],
    explained:
      'The batches are of one meter, and leave out no slot of the period and count none twice; gaps are those that the meter signed.'
  },
  {
    what: 'The meter signed it',
    faults: ['signature', 'WeakKeyError'],
    explained: 'The meter’s Ed25519 signature holds over the commitments to its readings, which nobody can open but the customer.'
  },
  {
    what: 'The amount follows from the readings',
    faults: ['opening'],
    explained: 'The commitments, each weighted by its slot’s price and added up, open to the amount. No single reading is opened for that.'
  }
]

const RECORD: Step = {
  what: 'The store has it as it is',
  faults: [],
  explained: 'Amount, unit, tariff, gaps and period in the store are those that the check came to.'
}
const HOUSEHOLD: Step = {
  what: 'It is this household’s',
  faults: [],
  explained: 'The pseudonym made from the id of the meter that signed is the one that the bill is kept under.'
}

export interface BillRecheckerInit {
  readonly store: Pick<Store, 'readTerms'>
  readonly bands?: Bands
  /** Pseudonyms of meters, where their key is there. */
  readonly pseudonymOf?: Pseudonyms
  readonly warn: (text: string) => void
}

/** Checks bills again, one after the other, in a thread of its own. */
export class BillRechecker {
  readonly #init: BillRecheckerInit
  readonly #pool = new BillPool({ threads: 1, most: MOST_WAITING })

  constructor(init: BillRecheckerInit) {
    this.#init = init
  }

  /**
   * @returns the steps in order
   * @throws HttpProblem 503 where many are waiting
   */
  async check({ slotSeconds }: Network, bill: HouseholdBill): Promise<BillCheckStep[]> {
    const { store, bands, warn } = this.#init
    try {
      const answer = await this.#pool.check({ bill: bill.bill }, async () => {
        const { tariffs } = await store.readTerms()
        return { slotSeconds, tariffs, ...(bands && { bands }) }
      })
      return this.#steps(bill, answer)
    } catch (cause) {
      if (cause instanceof BillPoolFullError)
        throw new HttpProblem(503, 'many bills are waiting to be checked: try again in a while', { 'retry-after': String(WAIT_SECONDS) })
      // Leaves the failed thread; the next bill gets a new one.
      if (!(cause instanceof HushgridError) || cause instanceof BillThreadError)
        warn(`the thread that checks bills again has ended: ${cause instanceof Error ? cause.message : String(cause)}`)
      throw cause
    }
  }

  /** Stops; resolves when no thread is left. */
  async stop(): Promise<void> {
    await this.#pool.stop()
  }

  #steps(bill: HouseholdBill, answer: BillAnswer): BillCheckStep[] {
    const { pseudonymOf } = this.#init
    const beyond = pseudonymOf ? [RECORD, HOUSEHOLD] : [RECORD]
    if ('fault' in answer) {
      const place = PROOF.findIndex(({ faults }) => faults.includes(answer.fault))
      // Blames the tariff for a fault of no step: one without prices for the period, for want of bands.
      const failed = place < 0 ? 1 : place
      return [...PROOF, ...beyond].map((step, i) => stepOf(step, i < failed ? true : i > failed ? undefined : answer.message))
    }
    const { meter, checked } = answer
    const same =
      checked.amount === bill.amount &&
      checked.unit === bill.unit &&
      checked.gaps === bill.gaps &&
      checked.period.from === bill.period.from &&
      checked.period.until === bill.period.until &&
      checked.tariff === bill.tariff &&
      equalBytes(checked.tariffHash, bill.tariffHash)
    return [
      ...PROOF.map(step => stepOf(step, true)),
      stepOf(RECORD, same || 'expected what the store says of the bill, the proof says something else'),
      ...(pseudonymOf
        ? [stepOf(HOUSEHOLD, pseudonymOf(meter) === bill.household || 'expected a bill of this household’s meter, got one of another')]
        : [])
    ]
  }
}

/** @param outcome - reason why it does not hold; undefined where it was not checked */
function stepOf({ what, explained }: Step, outcome: true | string | undefined): BillCheckStep {
  if (outcome === undefined) return { what, explained: 'Not looked at, since the check had ended before.' }
  return outcome === true ? { what, holds: true, explained } : { what, holds: false, explained: `${explained} Here: ${outcome}.` }
}
