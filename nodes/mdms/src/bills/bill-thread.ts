// The program of a thread of BillPool, which alone starts it.
import { parentPort } from 'node:worker_threads'
import { BillChecker, BillRejectedError, type CheckedBill, type OfferedBill, type PublishedTerms } from '@hushgrid/billing'
import { HushgridError, type MeterId } from '@hushgrid/primitives'

/** Message to a thread: a bill, with the terms where they differ from the last; or the order to end. */
export type BillJob = { readonly offered: OfferedBill; readonly terms?: PublishedTerms } | 'stop'

/** Reason why a bill was not found to hold: `fault` is a BillFault, or the name of another error. */
export interface BillFinding {
  readonly fault: string
  readonly message: string
}

/** Answer of a thread, without the bill's bytes, which the sender has. */
export type ThreadAnswer = { readonly meter: MeterId; readonly checked: Omit<CheckedBill, 'bill'> } | BillFinding

let checker = new BillChecker({ slotSeconds: 1, tariffs: [] })

parentPort?.on('message', (job: BillJob) => {
  if (job === 'stop') {
    parentPort?.close()
    return
  }
  if (job.terms) checker = new BillChecker(job.terms)
  parentPort?.postMessage(answer(job.offered))
})

function answer(offered: OfferedBill): ThreadAnswer {
  try {
    const { meter, checked } = checker.check(offered)
    const { bill: _bytes, ...rest } = checked
    return { meter, checked: rest }
  } catch (cause) {
    // Ends the thread on anything else, which is a defect of this program.
    if (!(cause instanceof HushgridError)) throw cause
    return { fault: cause instanceof BillRejectedError ? cause.fault : cause.name, message: cause.message }
  }
}
